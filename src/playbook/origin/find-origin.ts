import type { FaultCode } from '../../kernel/outcome.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import type { Origin } from '../verdict.ts';
import { originOfForeignFile } from './of-foreign-file.ts';
import { originOfForeignImage } from './of-foreign-image.ts';

/** How a fault came about, where the evidence tells; null where it does not. */
export function findOrigin(evidence: InstanceEvidence, fault: FaultCode, culprit: string | null): Origin | null {
  switch (fault) {
    case 'wrong-platform-image':
    case 'platform-missing-from-index':
    case 'os-mismatch':
      return originOfForeignImage(evidence);
    case 'wrong-arch-binary':
    case 'interpreter-wrong-arch':
    case 'loader-wrong-arch':
      return originOfForeignFile(evidence, culprit);
    default:
      return null;
  }
}
