import { formatPlatform } from '../../image/platform.ts';
import { type InstanceEvidence, pulledDigest, repositoryOf } from '../instance-evidence.ts';
import type { Remedy, Verdict } from '../verdict.ts';

/** What a pull would bring: only what the kernel model proved to start on that host. */
type Pulled = Pick<Remedy, 'digest' | 'image' | 'platform' | 'damagedLayer'>;

/** What the tag has for the host now; empty when it was not proved to start there. */
export function offeredAnew({ instance, published, offered }: InstanceEvidence): Pulled {
  if (instance.kind !== 'known' || published.kind !== 'known' || offered.kind !== 'known') return {};
  const outcome = offered.value?.outcome;
  if (!offered.value || outcome?.outcome !== 'runs' || outcome.suspicion !== null) return {};
  return pulled(instance.value.imageReference, published.value.digest, formatPlatform(offered.value.platform));
}

/** What the instance would be made of when it is made anew: the tag's present image, or the same one when only its copy is spoilt. */
export function sameAnew(evidence: InstanceEvidence, { origin }: Verdict): Pulled {
  const { instance, published, candidates, localImage, pristine } = evidence;
  if (instance.kind !== 'known') return {};
  const { imageReference } = instance.value;
  if (origin.kind === 'stale-local-image') {
    if (published.kind !== 'known' || candidates.kind !== 'known') return {};
    const now = candidates.value.find(({ digest }) => digest === published.value.digest);
    if (!now?.platform || now.unusableBecause !== null) return {};
    return pulled(imageReference, now.digest, now.platform);
  }
  if (pristine.kind !== 'known' || pristine.value.outcome.outcome !== 'runs' || localImage.kind !== 'known') return {};
  const { changedInContainer, sameFile, outcome, layer } = pristine.value;
  const isDamaged = changedInContainer === false && sameFile === false && outcome.suspicion === null;
  if (!changedInContainer && !isDamaged) return {};
  const digest = pulledDigest(localImage.value, repositoryOf(imageReference));
  if (digest === null) return {};
  const anew = pulled(imageReference, digest, formatPlatform(localImage.value.platform));
  return isDamaged ? { ...anew, damagedLayer: layer ?? 0 } : anew;
}

function pulled(reference: string, digest: string, platform: string): Pulled {
  return { digest, image: `${repositoryOf(reference)}@${digest}`, platform };
}
