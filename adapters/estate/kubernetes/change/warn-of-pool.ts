import { formatPlatform, samePlatform } from '../../../../src/image/platform.ts';
import { answerOf } from '../../../../src/playbook/answer.ts';
import type { Api } from '../api.ts';
import type { PodDocument } from '../documents.ts';
import type { FoundWorkload } from '../find-workloads.ts';
import { templateOf } from '../inspect-instance.ts';
import { readNodePool } from '../node-pool.ts';
import type { OpenForPod } from './image-swapper.ts';

/**
 * Which nodes of a mixed pool the new image is not for, as a sentence: the roll-out may come to stand there, and is put
 * back then. Empty when it is for all of them, or the nodes may not be seen.
 */
export async function warnOfPool(
  api: Api,
  open: OpenForPod,
  workload: FoundWorkload,
  pod: PodDocument,
  image: string,
  signal: AbortSignal,
): Promise<string> {
  const pool = await answerOf(() => readNodePool(api, templateOf(workload)?.spec ?? {}, signal));
  if (pool.kind === 'probe-failed') return '';
  const unfit = await Promise.all(
    pool.value.groups.map(async ({ host, count }) => {
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
