import type { FaultCode } from '../../kernel/outcome.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { planFor } from '../remedies/remedy-plan.ts';
import type { Origin } from '../verdict.ts';
import { originOfForeignFile } from './of-foreign-file.ts';
import { originOfForeignImage } from './of-foreign-image.ts';
import { originOfStaleImage } from './of-stale-image.ts';

/** Faults of a file that an image brings. */
const inImage = (fault: FaultCode) => planFor(fault).helps.includes('rollback-to-digest');

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
      return originOfStaleImage(evidence) ?? originOfForeignFile(evidence, culprit);
    default:
      return inImage(fault) ? originOfStaleImage(evidence) : null;
  }
}
