import fc from 'fast-check';
import type { Step } from '../../src/playbook/finding.ts';
import type { RunEvent, RunFact } from '../../src/run/events.ts';
import type { ThreadMessages } from '../../src/run/thread-message.ts';
import { approvals, opened, plan, reached } from './sample-run.ts';

/** Markup, fences, ends of elements and what steers a terminal, alone and among other characters. */
const HOSTILE = [
  '</pre><script>alert(1)</script>',
  '</script><!--',
  '![x](https://evil.example/x.png)',
  '[a](javascript:alert(1))',
  '```\n\n# not a heading\n```json\n{}\n```\n',
  '| a | b |\n| --- | --- |',
  '<!channel> <img src=x onerror=alert(1)>',
  '"onmouseover="alert(1)',
  '\u202e\u0007\u001b[2J\ud800\ufffd\ufeff\r\n',
  '<details></details>&lt;b&gt;&amp;',
  '- [ ] item\n1. one\n+ two\n~~~\n    code',
];
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(fc.constantFrom(...HOSTILE, ...'\\`*_{}[]<>#|~!&@$^-+.\n\t ".'), { maxLength: 6 })
    .map((parts) => parts.join('')),
);
const person = fc.record({ id: hostile, name: hostile });
const place = fc.record({ kind: fc.constant('docker' as const), host: hostile, container: hostile });
const finding = fc.record({
  check: hostile,
  command: hostile,
  observed: hostile,
  meaning: hostile,
  decision: hostile,
  where: place,
});
const step: fc.Arbitrary<Step> = fc.record({
  id: fc.constantFrom('host', 'file', 'decision'),
  title: hostile,
  status: fc.constantFrom('ok', 'problem'),
  elapsedMs: fc.nat(),
  findings: fc.array(finding, { maxLength: 2 }),
});
const impact = fc.array(
  fc.record({
    name: hostile,
    series: hostile,
    value: fc.option(fc.double()),
    at: fc.constant('2026-11-21T09:00:00.000Z'),
    recovers: fc.constantFrom('falling' as const, null),
    unit: fc.option(hostile),
  }),
  { maxLength: 2 },
);

const laterFact: fc.Arbitrary<RunFact> = fc.oneof(
  fc.record({ type: fc.constant('joined' as const), by: person, conversation: fc.constant(opened.conversation) }),
  fc.record({
    type: fc.constant('located' as const),
    places: fc.array(place, { maxLength: 2 }),
    practice: fc.boolean(),
  }),
  fc.record({ type: fc.constant('step-finished' as const), step }),
  hostile.map((summary): RunFact => ({ ...reached, verdict: { ...reached.verdict, summary, culprit: summary } })),
  fc.record({ type: fc.constant('interrupted' as const), during: hostile, goesOn: fc.boolean() }),
  fc.record({ type: fc.constant('failed' as const), message: hostile }),
  hostile.map(
    (said): RunFact => ({
      type: 'action-proposed',
      plan: { ...plan, proof: said, calls: [said], requestedBy: { id: said, name: said } },
      approvals: { ...approvals, approvers: [said] },
    }),
  ),
  fc.record({ type: fc.constant('press-refused' as const), plan: fc.constant('p1'), by: person, why: hostile }),
  fc.record({
    type: fc.constant('action-phase' as const),
    plan: fc.constant('p1'),
    phase: hostile,
    title: hostile,
    state: fc.constantFrom('begun' as const, 'done' as const, 'failed' as const),
    detail: hostile,
  }),
  fc.record({ type: fc.constant('impact-read' as const), plan: fc.constant('p1'), impact }),
);

/** Events of a run in which every text that comes from outside is hostile. */
export const arbitraryEvents: fc.Arbitrary<readonly RunEvent[]> = fc
  .tuple(hostile, hostile, person, fc.array(laterFact, { maxLength: 6 }))
  .map(([target, run, by, later]) =>
    [{ ...opened, target, by }, ...later].map((fact, index) => ({
      run,
      seq: index + 1,
      key: `k${index}`,
      at: new Date(Date.UTC(2026, 10, 21, 9, 0, index)).toISOString(),
      fact,
    })),
  );

/** What people wrote in its thread, if anything. */
export const arbitraryThread: fc.Arbitrary<ThreadMessages> = fc.oneof(
  hostile.map((why) => ({ kind: 'not-read' as const, why })),
  fc
    .array(fc.record({ by: person, at: fc.constant('2026-11-21T09:00:30.000Z'), text: hostile }), { maxLength: 3 })
    .map((messages) => ({ kind: 'read' as const, messages })),
);
