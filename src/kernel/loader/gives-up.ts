import type { Ending } from '../ending.ts';
import type { FaultCode } from '../outcome.ts';

/** The status of a loader that cannot load what is needed; musl's always, glibc's except for a missing version. */
const CANNOT_LOAD = 127;

/** The loader writes a message and exits. */
export function givesUp(
  culprit: string,
  fault: FaultCode,
  because: string,
  culpritIs: string | null = null,
  exit: number = CANNOT_LOAD,
): Ending {
  return { outcome: 'loader', culprit, exit, fault, because, culpritIs, started: null };
}

/** `a, b and c`, for a sentence. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
