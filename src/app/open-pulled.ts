import { type Platform, samePlatform } from '../image/platform.ts';
import { type Answer, failed } from '../playbook/answer.ts';
import type { HostFacts, InstanceFacts } from '../playbook/evidence.ts';
import { type InstanceEvidence, pulledDigest, repositoryOf } from '../playbook/instance-evidence.ts';
import type { ImageSource, OpenedImage } from '../ports/image-source.ts';

/** The image as it was pulled, in the registry: its configuration tells what of the instance's command is its own. */
export async function openPulled(
  images: ImageSource,
  host: Promise<Answer<HostFacts>>,
  instance: Promise<Answer<InstanceFacts>>,
  localImage: Promise<InstanceEvidence['localImage']>,
  signal: AbortSignal,
): Promise<Answer<OpenedImage>> {
  const [facts, image] = [await instance, await localImage];
  if (facts.kind === 'probe-failed') return facts;
  if (image.kind === 'probe-failed') return image;
  const repository = repositoryOf(facts.value.imageReference);
  const digest = pulledDigest(image.value, repository);
  if (!digest)
    return failed('not-found', repository, 'the local image has no digest: it was built or loaded on the host');
  const platform: Platform = await platformToOpen(host, image.value.platform);
  return images.open(`${repository}@${digest}`, platform, signal);
}

/** Of an index the entry that was pulled: the local image says which; the host's when they agree, for its variant. */
async function platformToOpen(host: Promise<Answer<HostFacts>>, local: Platform): Promise<Platform> {
  const facts = await host;
  return facts.kind === 'known' && samePlatform(local, facts.value.platform) ? facts.value.platform : local;
}
