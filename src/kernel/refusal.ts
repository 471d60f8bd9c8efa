import { ERRNO, type ErrnoName, type FaultCode, type Outcome } from './outcome.ts';

/** What was known of a file when it was refused. */
export interface Refusal {
  readonly errno: ErrnoName;
  readonly culprit: string;
  readonly fault: FaultCode;
  readonly because: string;
  readonly culpritIs: string | null;
}

/** An outcome by an errno of the look-up or of execve(2). */
export function refusedBy({ errno, culprit, fault, because, culpritIs }: Refusal, chain: readonly string[]): Outcome {
  return { outcome: errno, culprit, errno: ERRNO[errno], exit: null, fault, because, culpritIs, chain };
}

/** Killed by a signal that is certain from the file: 139 for SIGSEGV, 135 for SIGBUS. */
export function killed(
  culprit: string,
  fault: FaultCode,
  because: string,
  culpritIs: string | null,
  chain: readonly string[],
  exit = 139,
): Outcome {
  return { outcome: 'signal', culprit, errno: null, exit, fault, because, culpritIs, chain };
}
