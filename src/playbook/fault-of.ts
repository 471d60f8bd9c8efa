import { type Platform, samePlatform } from '../image/platform.ts';
import type { FaultCode } from '../kernel/outcome.ts';

const ARCHITECTURE: ReadonlySet<FaultCode> = new Set([
  'wrong-arch-binary',
  'interpreter-wrong-arch',
  'loader-wrong-arch',
]);

/**
 * The fault behind a refused start, when the image's own metadata are asked too (`claimed`; null when they say nothing): a
 * foreign file in an image that says it is foreign is the fault of the whole image.
 */
export function faultOf(fault: FaultCode, claimed: Platform | null, host: Platform): FaultCode {
  if (!ARCHITECTURE.has(fault) || claimed === null || samePlatform(claimed, host)) return fault;
  return claimed.os === host.os ? 'wrong-platform-image' : 'os-mismatch';
}
