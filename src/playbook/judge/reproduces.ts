import type { Outcome } from '../../kernel/outcome.ts';
import type { InstanceFacts } from '../evidence.ts';
import { REFUSAL_STATUSES, type Symptom } from '../symptom.ts';

/** An init process tries a shell with what the kernel refuses (execvp): it fails at the syntax, or finds nothing. */
const SHELL_STATUSES = [1, 2, 126, 127];

/** The errnos by which a runtime and the kernel may name one refusal: directories are EISDIR to Go 1.20 and later. */
const SAME_REFUSAL: Readonly<Record<string, string>> = { EISDIR: 'EACCES' };

/** How well a prediction fits what was seen: `yes` only when it leads to just that failure, `not-against` when nothing was seen that could tell. */
export type Reproduction = 'yes' | 'not-against' | 'no';

/** Compares a prediction with the symptom: the runtime's errno, or the exit status that a signal, a loader or env leaves. */
export function reproduces(outcome: Outcome, symptom: Symptom, instance: InstanceFacts): Reproduction {
  const { exitCode } = instance.state;
  if (symptom.errno !== null) {
    const seen = SAME_REFUSAL[symptom.errno] ?? symptom.errno;
    return seen === outcome.outcome ? 'yes' : 'no';
  }
  if (outcome.outcome === 'runs') return symptom.kind === 'refused' ? 'no' : 'not-against';
  if (symptom.kind !== 'ended' || exitCode === null) return 'not-against';
  if (outcome.exit !== null) return outcome.exit === exitCode ? 'yes' : 'no';
  if (outcome.errno === null) return 'not-against';
  return (instance.init ? SHELL_STATUSES : REFUSAL_STATUSES).includes(exitCode) ? 'not-against' : 'no';
}
