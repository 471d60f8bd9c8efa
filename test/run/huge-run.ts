import { STEP_IDS } from '../../src/playbook/finding.ts';
import type { Place } from '../../src/playbook/place.ts';
import type { Remedy, Verdict } from '../../src/playbook/verdict.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { eventsOf } from './sample-run.ts';
import { LIVE } from './untrusted-text.ts';

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
  return eventsOf(
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
  );
}
