import { formatPlatform, samePlatform } from '../../../../src/image/platform.ts';
import type { NodePool } from '../../../../src/playbook/evidence.ts';
import type { PodDocument } from '../documents.ts';
import type { OpenForPod } from './image-swapper.ts';

/**
 * Which nodes of a mixed pool the new image is not for, as a sentence: the roll-out may come to stand there, and is put
 * back then. Empty when it is for all of them.
 */
export async function warnOfPool(
  open: OpenForPod,
  pool: NodePool,
  pod: PodDocument,
  image: string,
  signal: AbortSignal,
): Promise<string> {
  const unfit = await Promise.all(
    pool.groups.map(async ({ host, count }) => {
      const opened = await open(pod, image, host.platform, signal);
      const fits = opened.kind === 'known' && samePlatform(opened.value.config.platform, host.platform);
      return fits ? [] : [`${count} of ${formatPlatform(host.platform)}`];
    }),
  );
  const named = unfit.flat();
  return named.length === 0
    ? ''
    : ` Of the nodes that it may be scheduled to it is not for ${named.join(', ')}: pods that come to stand there would fail, and everything would be put back.`;
}
