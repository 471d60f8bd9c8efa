import fc from 'fast-check';
import type { ActionPlan } from '../../src/approval/plan.ts';
import { FAULTS } from '../../src/kernel/outcome.ts';
import type { ImpactReading } from '../../src/playbook/evidence.ts';
import { STEP_IDS, type Step } from '../../src/playbook/finding.ts';
import type { Place } from '../../src/playbook/place.ts';
import { ORIGINS, REMEDY_KINDS, type Remedy, type Verdict } from '../../src/playbook/verdict.ts';
import type { RunEvent, RunFact } from '../../src/run/events.ts';

/** What is alive somewhere: in Slack, in Teams, in HTML, in Markdown, in a terminal, in a reader's eye. */
const LIVE = [
  '<!channel>',
  '<!here|x>',
  '<@U0ANNA>',
  '<#C0X>',
  '<!subteam^S0X>',
  '<http://evil.example|ok>',
  '&lt;!here&gt;',
  '@channel',
  ':smile: *b* _i_ ~s~ `c`',
  '<at>Anna</at>',
  '<AT id="1">x</at >',
  '{{DATE(2026-01-01T00:00:00Z, SHORT)}}',
  '[click](http://evil.example)',
  '![](http://evil.example/x.png)',
  '# heading\n- list\n> quote\n| a | b |\n```\n~~~',
  '<script>alert(1)</script>',
  '"\'><img src=x onerror=alert(1)>',
  '</textarea></title></pre>',
  '<!--',
  'javascript:alert(1) https://evil.example www.evil.example',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\',
  '\u001b[2J\u001b[H\u001bc',
  '\u009b31m\u0090q\u009c',
  '\rover\b\b\b\u0000\u007f',
  '\u202eabc\u202c',
  '\u2066x\u2069\u200f\u061c',
  'a\u200bb\u2060c\ufeffd\u00ad',
  '\u2028\u2029\u0085',
  '\ud800',
  'x\udc00y',
  '\u{e0041}\u{e007f}',
  'e\u0301'.repeat(50),
];

/** Any text that somebody else wrote: short, long, broken, hostile. */
export const untrusted: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 4, arbitrary: fc.constantFrom(...LIVE, '', ' ', '\n') },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...LIVE, ' a ', '\n'), { maxLength: 12 }).map((all) => all.join('')),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('a', '<', '&', '"', '\n', '😀', '\udc00', '\u001b[', '{{', 'line of a log\n', ...LIVE),
        fc.nat(6_000),
      )
      .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length))),
  },
);

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
    run: fc.constant('r-7k2m9x'),
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

/** Facts as the events of one run, a second apart, from 09:00:00 UTC. */
export function asEvents(facts: readonly RunFact[]): RunEvent[] {
  return facts.map((fact, index) => ({
    run: 'r-7k2m9x',
    seq: index + 1,
    key: `k${index}`,
    at: new Date(Date.UTC(2026, 10, 21, 9, 0, index)).toISOString(),
    fact,
  }));
}

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
    asEvents([
      first,
      ...(found ? [found] : []),
      ...steps.map((each) => ({ type: 'step-finished' as const, step: each })),
      ...others,
      ...(verdictReached ? [verdictReached] : []),
      ...actions.flat(),
      ...(closed ? [{ type: 'closed' as const }] : []),
    ]),
  );

/** A run over 100 instances, with 1,000 findings a step, all different, and lines of 100,000 characters. */
export function hugeRun(): RunEvent[] {
  const places = Array.from(
    { length: 100 },
    (_, n): Place => ({ kind: 'docker', host: `h-${n}`, container: LIVE[n % LIVE.length] ?? '' }),
  );
  const long = `${LIVE.join(' ')} `.repeat(200).slice(0, 100_000);
  const findings = Array.from({ length: 1_000 }, (_, n) => ({
    check: `check ${n} ${LIVE[n % LIVE.length]}`,
    command: `cat ${n}`,
    observed: n === 0 ? long : `${n} ${LIVE[(n * 7) % LIVE.length]}`,
    meaning: n === 1 ? long : `means ${n}`,
    decision: 'go on',
    where: places[n % places.length] as Place,
  }));
  const judged: Verdict = {
    outcome: 'will-not-run',
    fault: 'wrong-platform-image',
    culprit: long,
    errno: 'ENOEXEC',
    confidence: 'proved',
    origin: { kind: 'unknown', confidence: 'possible', because: long },
    summary: long,
  };
  const by = { id: long, name: long };
  const remedies = Array.from({ length: 50 }, (_, n): Remedy => {
    const hash = `sha256:${String(n).padStart(64, '0')}`;
    return { kind: 'rollback-to-digest', fit: 'fixes', because: `${n} ${long}`, digest: hash, knownAs: long };
  });
  return asEvents([
    { type: 'opened', target: long, on: null, by, conversation: { chat: 'slack', id: 'T0/C0' }, practice: true },
    { type: 'located', places, practice: true },
    ...STEP_IDS.map((one) => ({
      type: 'step-finished' as const,
      step: { id: one, title: long, status: 'problem' as const, elapsedMs: 1, findings },
    })),
    ...Array.from({ length: 60 }, () => ({ type: 'interrupted' as const, during: long, goesOn: true })),
    {
      type: 'verdict-reached',
      verdict: judged,
      instances: places.map((where) => ({ where, verdict: judged })),
      remedies,
      impact: [],
      elapsedMs: 1,
      approvals: { policy: long, approvers: places.map(() => long), required: 2, allowSelf: false },
    },
  ]);
}
