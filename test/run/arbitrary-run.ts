import fc from 'fast-check';
import type { ActionPlan } from '../../src/approval/plan.ts';
import { FAULTS } from '../../src/kernel/outcome.ts';
import type { ImpactReading } from '../../src/playbook/evidence.ts';
import { STEP_IDS, type Step } from '../../src/playbook/finding.ts';
import type { Place } from '../../src/playbook/place.ts';
import { ORIGINS, REMEDY_KINDS, type Remedy, type Verdict } from '../../src/playbook/verdict.ts';
import type { RunEvent, RunFact } from '../../src/run/events.ts';
import type { ThreadMessages } from '../../src/run/thread-message.ts';
import { eventsOf } from './sample-run.ts';
import { untrusted } from './untrusted-text.ts';

const iso = fc.integer({ min: 1_763_715_600_000, max: 1_763_815_600_000 }).map((ms) => new Date(ms).toISOString());
const id = fc.stringMatching(/^[a-z0-9-]{1,24}$/);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);
const person = fc.record({ id: untrusted, name: untrusted });

const place: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ kind: fc.constant('docker' as const), host: untrusted, container: untrusted }),
  fc.record({
    kind: fc.constant('kubernetes' as const),
    cluster: untrusted,
    namespace: untrusted,
    workload: untrusted,
    pod: untrusted,
    container: untrusted,
    node: untrusted,
  }),
);

const finding = fc.record({
  check: fc.oneof(untrusted, fc.constantFrom('Host architecture', 'Executed file', 'Platforms behind the tag')),
  command: untrusted,
  observed: untrusted,
  meaning: untrusted,
  decision: untrusted,
  where: place,
});

const step = (one: Step['id']): fc.Arbitrary<Step> =>
  fc.record({
    id: fc.constant(one),
    title: untrusted,
    status: fc.constantFrom('ok', 'problem', 'unknown', 'skipped'),
    elapsedMs: fc.nat(10_000_000),
    findings: fc.array(finding, { maxLength: 6 }),
  });

const confidence = fc.constantFrom('proved', 'likely', 'possible');
const verdict: fc.Arbitrary<Verdict> = fc.record({
  outcome: fc.constantFrom('will-not-run', 'runs', 'inconclusive'),
  fault: fc.option(fc.constantFrom(...FAULTS)),
  culprit: fc.option(untrusted),
  errno: fc.option(fc.constantFrom('ENOEXEC', 'ENOENT')),
  confidence,
  origin: fc.record({ kind: fc.constantFrom(...ORIGINS), confidence, because: untrusted }),
  summary: untrusted,
});
const remedy: fc.Arbitrary<Remedy> = fc.record(
  {
    kind: fc.constantFrom(...REMEDY_KINDS),
    fit: fc.constantFrom('fixes', 'mitigates', 'useless'),
    because: untrusted,
    digest,
    platform: untrusted,
    image: untrusted,
    knownAs: untrusted,
    where: place,
  },
  { requiredKeys: ['kind', 'fit', 'because'] },
);
const reading: fc.Arbitrary<ImpactReading> = fc.record({
  name: untrusted,
  series: untrusted,
  value: fc.option(fc.double()),
  at: iso,
  recovers: fc.option(fc.constantFrom('falling', 'rising')),
  unit: fc.option(untrusted),
});
const impact = fc.array(reading, { maxLength: 4 });
const approvals = fc.record({
  policy: untrusted,
  approvers: fc.array(untrusted, { maxLength: 5 }),
  required: fc.integer({ min: 1, max: 5 }),
  allowSelf: fc.boolean(),
});

const opened = fc.record({
  type: fc.constant('opened' as const),
  target: untrusted,
  on: fc.option(untrusted),
  by: person,
  conversation: fc.constant({ chat: 'slack' as const, id: 'T0/C0' }),
  practice: fc.boolean(),
});
const located = fc.record({
  type: fc.constant('located' as const),
  places: fc.array(place, { maxLength: 8 }),
  practice: fc.boolean(),
});
const reached = fc.record({
  type: fc.constant('verdict-reached' as const),
  verdict,
  instances: fc.array(fc.record({ where: place, verdict }), { maxLength: 6 }),
  remedies: fc.array(remedy, { maxLength: 10 }),
  impact,
  elapsedMs: fc.nat(10_000_000),
  approvals: fc.option(approvals),
});
const before: fc.Arbitrary<RunFact> = fc.oneof(
  fc.record({
    type: fc.constant('joined' as const),
    by: person,
    conversation: fc.constant({ chat: 'slack' as const, id: 'x' }),
  }),
  fc.record({ type: fc.constant('interrupted' as const), during: untrusted, goesOn: fc.boolean() }),
  fc.record({ type: fc.constant('failed' as const), message: untrusted }),
);

const planOf = (plan: string): fc.Arbitrary<ActionPlan> =>
  fc.record({
    id: fc.constant(plan),
    run: fc.constant('r-test'),
    kind: fc.constant('rollback-to-digest' as const),
    where: place,
    service: fc.option(untrusted),
    current: fc.record({ instanceId: untrusted, imageId: untrusted, reference: untrusted, digest: fc.option(digest) }),
    proposed: fc.record({ reference: untrusted, digest, platform: untrusted, knownAs: fc.option(untrusted) }),
    proof: untrusted,
    calls: fc.array(untrusted, { maxLength: 6 }),
    policy: untrusted,
    requestedBy: person,
    expiresAt: iso,
    hash: fc.stringMatching(/^[0-9a-f]{64}$/),
  });

/** Everything that can happen to one plan, from nothing to its end. */
const action = (plan: string): fc.Arbitrary<RunFact[]> => {
  const of = { plan: fc.constant(plan) };
  const rest: fc.Arbitrary<RunFact> = fc.oneof(
    fc.record({
      ...of,
      type: fc.constant('action-approved' as const),
      by: person,
      given: fc.nat(5),
      required: fc.nat(5),
    }),
    fc.record({ ...of, type: fc.constant('action-declined' as const), by: person }),
    fc.record({ ...of, type: fc.constant('action-expired' as const) }),
    fc.record({ ...of, type: fc.constant('press-refused' as const), by: person, why: untrusted }),
    fc.record({ ...of, type: fc.constant('action-started' as const) }),
    fc.record({
      ...of,
      type: fc.constant('action-phase' as const),
      phase: id,
      title: untrusted,
      state: fc.constantFrom('begun', 'done', 'failed'),
      detail: untrusted,
    }),
    fc.record({ ...of, type: fc.constant('impact-read' as const), impact }),
    fc.record({
      ...of,
      type: fc.constant('action-finished' as const),
      outcome: fc.constantFrom('succeeded', 'restored', 'failed', 'refused'),
      detail: untrusted,
      impact,
      sinceOpenedMs: fc.nat(10_000_000),
    }),
  );
  return fc
    .tuple(
      fc.record({ type: fc.constant('action-proposed' as const), plan: planOf(plan), approvals }),
      fc.array(rest, { maxLength: 12 }),
    )
    .map(([proposed, others]) => [proposed, ...others]);
};

/** Any run, ended or not, in an order in which such things happen. */
export const arbitraryRun: fc.Arbitrary<RunEvent[]> = fc
  .tuple(
    opened,
    fc.option(located),
    fc.subarray([...STEP_IDS]).chain((ids) => fc.tuple(...ids.map(step))),
    fc.array(before, { maxLength: 3 }),
    fc.option(reached),
    fc.subarray(['p-1', 'p-2', 'p-3'], { maxLength: 2 }).chain((plans) => fc.tuple(...plans.map(action))),
    fc.boolean(),
  )
  .map(([first, found, steps, others, verdictReached, actions, closed]) =>
    eventsOf(
      first,
      ...(found ? [found] : []),
      ...steps.map((each) => ({ type: 'step-finished' as const, step: each })),
      ...others,
      ...(verdictReached ? [verdictReached] : []),
      ...actions.flat(),
      ...(closed ? [{ type: 'closed' as const }] : []),
    ),
  );

/** What people wrote in its thread, if anything. */
export const arbitraryThread: fc.Arbitrary<ThreadMessages> = fc.oneof(
  untrusted.map((why) => ({ kind: 'not-read' as const, why })),
  fc
    .array(fc.record({ by: person, at: fc.constant('2026-11-21T09:00:30.000Z'), text: untrusted }), { maxLength: 3 })
    .map((messages) => ({ kind: 'read' as const, messages })),
);
