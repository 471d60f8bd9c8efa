import { type Platform, samePlatform } from '../../image/platform.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';

/**
 * What the image says that it is for: its own configuration as it was published, which no engine has touched; else the
 * local image, unless the engine says nothing of it; else the one manifest that its reference points to.
 */
export function claimedPlatform({ imageConfig, localImage, published }: InstanceEvidence): Platform | null {
  if (imageConfig.kind === 'known') return imageConfig.value.platform;
  if (localImage.kind === 'known' && localImage.value.platform.architecture !== 'unknown') {
    return localImage.value.platform;
  }
  if (published.kind === 'probe-failed' || published.value.kind !== 'manifest') return null;
  return published.value.entries[0]?.platform ?? null;
}

/** Whether the image's own metadata names another platform than the host's; false while either is unknown. */
export function metadataIsForeign(evidence: InstanceEvidence): boolean {
  const claimed = claimedPlatform(evidence);
  return evidence.host.kind === 'known' && claimed !== null && !samePlatform(claimed, evidence.host.value.platform);
}

/**
 * Whether what the tag points to now has an image for the host; null while either is unknown. An index may lie: where the
 * image behind its entry could be asked, that one's own configuration counts.
 */
export function tagOffersHost({ host, published, offered }: InstanceEvidence): boolean | null {
  if (host.kind === 'probe-failed' || published.kind === 'probe-failed') return null;
  const wants = host.value.platform;
  if (offered.kind === 'known' && offered.value) return samePlatform(offered.value.platform, wants);
  return published.value.entries.some((entry) => entry.platform && samePlatform(entry.platform, wants));
}

/** The kernel model's refusal of the image that the tag has for the host; null when it would run, or nobody tried. */
export function refusalOfOffered({ offered }: InstanceEvidence): Outcome | null {
  const outcome = offered.kind === 'known' ? (offered.value?.outcome ?? null) : null;
  return outcome?.outcome === 'runs' ? null : outcome;
}
