/** errno names that execve(2), the runtime's look-up or a policy can answer with, and their Linux numbers. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  ENOEXEC: 8,
  ENOMEM: 12,
  EACCES: 13,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ETXTBSY: 26,
  ENAMETOOLONG: 36,
  ELOOP: 40,
  ELIBBAD: 80,
} as const;

export type ErrnoName = keyof typeof ERRNO;

/** What the program that starts the container would see. */
export type OutcomeKind = 'runs' | ErrnoName | 'signal' | 'loader' | 'env' | 'hang';

/** Why it would not run, as a code that the playbook, `check` and `predict` share. */
export const FAULTS = [
  'wrong-platform-image',
  'wrong-arch-binary',
  'wrong-metadata',
  'platform-missing-from-index',
  'os-mismatch',
  'cpu-level',
  'page-size',
  'script-crlf',
  'script-no-shebang',
  'script-too-nested',
  'interpreter-missing',
  'interpreter-wrong-arch',
  'loader-missing',
  'loader-wrong-arch',
  'library-missing',
  'symbol-version-missing',
  'empty-file',
  'truncated-binary',
  'foreign-format',
  'not-executable',
  'noexec-mount',
  'entrypoint-not-found',
  'entrypoint-is-directory',
  'shadowed-by-mount',
  'emulation-missing',
  'emulation-broken',
  'node-corruption',
  'security-policy',
  'not-exec-format',
  'none',
] as const;

export type FaultCode = (typeof FAULTS)[number];

/** Something that is wrong with a program that gets control. */
export interface Suspicion {
  readonly fault: FaultCode;
  readonly culprit: string;
  readonly because: string;
}

/**
 * The model's answer. `culprit` is the file as it was named when it was refused (the entrypoint, an interpreter, a
 * loader, `env`'s command); `exit` is the status of the process where it is certain, else null.
 */
export interface Outcome {
  readonly outcome: OutcomeKind;
  readonly culprit: string | null;
  readonly errno: number | null;
  readonly exit: number | null;
  readonly fault: FaultCode;
  readonly because: string;
  /** What the culprit turned out to be, e.g. `ELF 64-bit LSB executable, ARM aarch64`; null when it was not looked at. */
  readonly culpritIs: string | null;
  /** Of a program that runs: what is wrong with it all the same and may end it later, though not for certain; else null. */
  readonly suspicion: Suspicion | null;
  /** Every file that was opened on the way, in order, as it was named: entrypoint, interpreters, loader. */
  readonly chain: readonly string[];
}
