import type { ErrnoName, FaultCode, OutcomeKind } from './outcome.ts';
import type { Identity } from './permissions.ts';
import type { SettledHost } from './settle-host.ts';

/** What every step of one execve needs; `chain` collects the names that were opened. `cwd` is physical. */
export interface ExecContext {
  readonly host: SettledHost;
  readonly who: Identity;
  readonly cwd: string;
  readonly chain: string[];
}

/** A file that was opened for execution. `path` is physical, null for a handler's interpreter outside the container. */
export interface OpenedFile {
  readonly name: string;
  readonly path: string | null;
  readonly size: number;
}

/** In what part a file was opened: `handler` is a binfmt_misc interpreter. */
export type Role = 'entrypoint' | 'interpreter' | 'handler' | 'loader';

/** The program that got control, and how the kernel came to it. */
export interface Started {
  readonly program: OpenedFile;
  /** Its PT_INTERP, as named; null for a static program. */
  readonly loader: string | null;
  /** The last script on the way. */
  readonly script: ScriptStep | null;
}

export interface ScriptStep {
  readonly file: OpenedFile;
  readonly interpreter: string;
  readonly argument: string | null;
}

/** How an execve ended, before it becomes an Outcome. */
export interface Ending {
  readonly outcome: OutcomeKind;
  readonly culprit: string | null;
  readonly exit: number | null;
  readonly fault: FaultCode;
  readonly because: string;
  readonly culpritIs: string | null;
  readonly started: Started | null;
}

/** The kernel answered with an errno. */
export function refused(
  errno: ErrnoName,
  culprit: string,
  fault: FaultCode,
  because: string,
  culpritIs: string | null,
): Ending {
  return { outcome: errno, culprit, exit: null, fault, because, culpritIs, started: null };
}

/**
 * A signal ends the program inside execve or at its first instruction; `exit` is 128 and the signal's number, or null
 * where it may be one or another.
 */
export function killed(
  culprit: string,
  exit: number | null,
  fault: FaultCode,
  because: string,
  culpritIs: string | null,
): Ending {
  return { outcome: 'signal', culprit, exit, fault, because, culpritIs, started: null };
}
