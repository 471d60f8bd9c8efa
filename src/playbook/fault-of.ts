import { type Platform, samePlatform } from '../image/platform.ts';
import type { FaultCode } from '../kernel/outcome.ts';

/** Faults of a file that is for another architecture than the host. */
export const FOREIGN_FILE: ReadonlySet<FaultCode> = new Set([
  'wrong-arch-binary',
  'interpreter-wrong-arch',
  'loader-wrong-arch',
]);

/**
 * The fault behind a refused start, for the playbook and `check` alike. A file of another architecture is the image's
 * fault when the image's own metadata (`claimed`) is for another platform than the host too, else only the file's.
 */
export function faultOf(fault: FaultCode, claimed: Platform | null, host: Platform): FaultCode {
  if (!FOREIGN_FILE.has(fault) || claimed === null || samePlatform(claimed, host)) return fault;
  return claimed.os === host.os ? 'wrong-platform-image' : 'os-mismatch';
}
