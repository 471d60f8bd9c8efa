import { type Platform, samePlatform } from '../image/platform.ts';
import type { FaultCode, Outcome } from '../kernel/outcome.ts';

/**
 * The fault behind a refused start, for the playbook and `check` alike. A file of another architecture is the image's
 * fault when the image's own metadata (`claimed`) is for another platform than the host too, else only the file's.
 */
export function faultOf(outcome: Outcome, claimed: Platform | null, host: Platform): FaultCode {
  const foreign = claimed !== null && !samePlatform(claimed, host);
  return outcome.fault === 'wrong-arch-binary' && foreign ? 'wrong-platform-image' : outcome.fault;
}
