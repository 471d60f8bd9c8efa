import { formatPlatform, samePlatform } from '../image/platform.ts';
import type { FaultCode } from '../kernel/outcome.ts';
import { type InstanceEvidence, pulledDigest, repositoryOf } from './instance-evidence.ts';
import type { Origin } from './verdict.ts';

/** How a fault came about, where the evidence tells; null where it does not. */
export function findOrigin(evidence: InstanceEvidence, fault: FaultCode, _culprit: string | null): Origin | null {
  if (fault !== 'wrong-platform-image') return null;
  const { host, instance, localImage, published } = evidence;
  if (host.kind !== 'known' || instance.kind !== 'known' || localImage.kind !== 'known' || published.kind !== 'known')
    return null;
  const wants = host.value.platform;
  const offered = published.value.entries.some((entry) => entry.platform && samePlatform(entry.platform, wants));
  const pulled = pulledDigest(localImage.value, repositoryOf(instance.value.imageReference));
  if (offered && published.value.kind === 'index') {
    return {
      kind: 'platform-forced',
      confidence: 'possible',
      because: `the tag offers ${formatPlatform(wants)}, and yet ${formatPlatform(localImage.value.platform)} was pulled`,
    };
  }
  if (offered && pulled !== published.value.digest) {
    return {
      kind: 'stale-local-image',
      confidence: 'likely',
      because: `the tag points to ${formatPlatform(wants)} now, the host still has ${formatPlatform(localImage.value.platform)}`,
    };
  }
  const earlier = evidence.candidates.kind === 'known' ? evidence.candidates.value : [];
  const before = earlier.find((candidate) => candidate.unusableBecause === null);
  if (published.value.kind === 'manifest') {
    const was = before ? `, while ${before.knownAs ?? before.digest} before it was ${before.platform}` : '';
    return {
      kind: 'built-on-other-arch',
      confidence: before ? 'likely' : 'possible',
      because: `the tag is a single ${formatPlatform(localImage.value.platform)} manifest${was}: the build ran on a machine of that architecture`,
    };
  }
  return null;
}
