import { type InstanceEvidence, pulledDigest, repositoryOf } from '../instance-evidence.ts';
import type { Origin } from '../verdict.ts';

/** The tag points to another digest than what lies here, and that one is proved to start on this host. */
export function originOfStaleImage({ instance, localImage, published, candidates }: InstanceEvidence): Origin | null {
  if (instance.kind !== 'known' || localImage.kind !== 'known' || published.kind !== 'known') return null;
  const pulled = pulledDigest(localImage.value, repositoryOf(instance.value.imageReference));
  const { digest, entries } = published.value;
  if (pulled === null || pulled === digest || entries.some((entry) => entry.digest === pulled)) return null;
  const now = candidates.kind === 'known' ? candidates.value.find((each) => each.digest === digest) : undefined;
  if (!now || now.unusableBecause !== null) return null;
  const because = `the tag points to ${digest} now, which would start here; the host still has ${pulled}`;
  return { kind: 'stale-local-image', confidence: 'likely', because };
}
