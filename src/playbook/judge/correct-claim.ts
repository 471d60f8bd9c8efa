import type { FaultCode } from '../../kernel/outcome.ts';
import { FOREIGN_FILE, faultOf } from '../fault-of.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { mountAt } from '../mounted-tree.ts';
import type { Claim } from './claim.ts';
import { claimedPlatform } from './platforms.ts';

/** Faults of which the file itself may be innocent: it is another one than the image's. */
const ABSENT: ReadonlySet<FaultCode> = new Set([
  'entrypoint-not-found',
  'entrypoint-is-directory',
  'interpreter-missing',
  'loader-missing',
  'library-missing',
]);
const DAMAGED: ReadonlySet<FaultCode> = new Set([
  ...ABSENT,
  'empty-file',
  'truncated-binary',
  'foreign-format',
  'script-no-shebang',
  ...FOREIGN_FILE,
  'symbol-version-missing',
  'not-executable',
]);

/** A foreign file in an image that says it is foreign: the image as a whole is for another platform. */
function blamePlatform(evidence: InstanceEvidence, claim: Claim): Claim {
  if (evidence.host.kind === 'probe-failed') return claim;
  return { ...claim, fault: faultOf(claim.fault, claimedPlatform(evidence), evidence.host.value.platform) };
}

/** What is missing lies below a mount, and the image itself has it: the mount hides it. */
function blameMount(evidence: InstanceEvidence, claim: Claim): Claim {
  const { instance, pristine } = evidence;
  if (!DAMAGED.has(claim.fault) || claim.culprit === null || instance.kind !== 'known') return claim;
  const mount = mountAt(instance.value.mounts, claim.culprit);
  // A volume keeps what an earlier image had there; what a bind mount brings is told for what it is.
  if (!mount || (!ABSENT.has(claim.fault) && mount.kind !== 'volume')) return claim;
  if (pristine.kind === 'known' && pristine.value.outcome.outcome !== 'runs') return claim;
  const surely = pristine.kind === 'known';
  if (!surely && !ABSENT.has(claim.fault)) return claim;
  const because = `${claim.because} ${surely ? 'The image has it' : 'The image may have it'}, but the ${mount.kind} mount at ${mount.destination} hides what the image has there.`;
  return { ...claim, fault: 'shadowed-by-mount', confidence: surely ? claim.confidence : 'possible', because };
}

/** A library or loader is looked for in many folders: when the image has it, one of the mounts hides it. */
function blameMountOfLibrary(evidence: InstanceEvidence, claim: Claim): Claim {
  const { instance, pristine } = evidence;
  if (claim.fault !== 'library-missing' || instance.kind !== 'known' || pristine.kind !== 'known') return claim;
  const { mounts } = instance.value;
  if (pristine.value.outcome.outcome !== 'runs' || mounts.length === 0) return claim;
  const where = mounts.map(({ destination }) => destination).join(', ');
  const because = `${claim.because} The image has it; what is mounted at ${where} hides it.`;
  return { ...claim, fault: 'shadowed-by-mount', because };
}

/** The image as published would run, the files on this node differ from it, and nothing in the container changed them. */
function blameNode(evidence: InstanceEvidence, claim: Claim): Claim {
  const { instance, pristine } = evidence;
  if (!DAMAGED.has(claim.fault) || pristine.kind !== 'known' || instance.kind !== 'known') return claim;
  const { outcome, sameFile, changedInContainer } = pristine.value;
  if (outcome.outcome === 'runs' && sameFile === false && changedInContainer) {
    const because = `${claim.because} The container itself has changed that file: in its image it is whole, and a new container of the same image would run.`;
    return { ...claim, fault: 'node-corruption', because };
  }
  const mounted = claim.culprit !== null && mountAt(instance.value.mounts, claim.culprit) !== null;
  if (outcome.outcome !== 'runs' || sameFile !== false || mounted || changedInContainer !== false) return claim;
  const because = `${claim.because} In the published image that file is whole, and it would run: the copy on this node is damaged.`;
  return { ...claim, fault: 'node-corruption', because };
}

/** Lets the rest of the evidence correct what the files alone say. */
export function correctClaim(evidence: InstanceEvidence, claim: Claim): Claim {
  return blameNode(evidence, blameMountOfLibrary(evidence, blameMount(evidence, blamePlatform(evidence, claim))));
}
