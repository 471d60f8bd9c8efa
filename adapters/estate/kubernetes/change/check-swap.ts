import { formatPlatform, type Platform, parsePlatform, samePlatform } from '../../../../src/image/platform.ts';
import { answerOf, ProbeError } from '../../../../src/playbook/answer.ts';
import { estateFailure } from '../../../../src/ports/estate-failure.ts';
import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { Api } from '../api.ts';
import type { PodDocument } from '../documents.ts';
import { templateOf } from '../inspect-instance.ts';
import { readNodePool } from '../node-pool.ts';
import { imageIdOf, podIfThere } from './current-image.ts';
import { mayFree } from './free-ordered-set.ts';
import type { OpenForPod } from './image-swapper.ts';
import { patchWorkload } from './patch-workload.ts';
import { refuseChange } from './refuse-change.ts';
import { movedFailure, type Survey } from './survey-swap.ts';
import { swapPatch } from './swap-patch.ts';
import { schedulingAfter, undoOf } from './template-change.ts';
import { warnOfPool } from './warn-of-pool.ts';

/**
 * Everything that can be known before anything is changed: ownership, the image itself, the nodes, permission and
 * admission. Says so in a sentence. Rejects with ProbeError.
 */
export async function checkSwap(
  api: Api,
  open: OpenForPod,
  survey: Survey,
  swap: Swap,
  signal: AbortSignal,
): Promise<string> {
  const { place, workload, state, change } = survey;
  if (state === 'ours') return 'It was checked before the change was made.';
  if (state === 'moved') throw movedFailure(api, survey);
  const found = await podIfThere(api, place, signal);
  // A pod that is made anew has not told its image yet: that contradicts nothing.
  const imageId = imageIdOf(found);
  if (imageId !== '' && imageId !== swap.imageId) throw movedFailure(api, survey);
  const refused = refuseChange(workload, place, change);
  if (refused !== null) throw estateFailure(api.target, 'unsupported', refused.why);
  const pod = found?.pod ?? {};
  const actual = await checkImage(api, open, swap, pod, signal);
  const warning = await checkNodes(api, open, survey, swap, pod, signal);
  const mark = { swap: swap.id, undo: undoOf(change, templateOf(workload)) };
  await patchWorkload(api, workload, swapPatch(workload, change, mark), true, signal);
  await mayFree(api, workload, pod, signal);
  return `The image is there for ${formatPlatform(actual)}, and the cluster would take the change.${warning}`;
}

/** The platform of the image as it is published. A swap of the image names it to the letter. */
async function checkImage(
  api: Api,
  open: OpenForPod,
  swap: Swap,
  pod: PodDocument,
  signal: AbortSignal,
): Promise<Platform> {
  const wanted = parsePlatform(swap.platform);
  if (wanted === null) throw estateFailure(api.target, 'invalid', `${swap.platform} is no platform`);
  const opened = await open(pod, swap.image, wanted, signal);
  if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
  const { platform } = opened.value.config;
  const fits =
    swap.nodeSelector === undefined ? formatPlatform(platform) === swap.platform : samePlatform(platform, wanted);
  if (!fits)
    throw estateFailure(
      api.target,
      'invalid',
      `the image is for ${formatPlatform(platform)}, not for ${swap.platform}`,
    );
  return platform;
}

/**
 * A node selector needs nodes that it leaves, all of the wanted platform; an image may go to a mixed pool, which is
 * told. That nodes may not be seen stands in the way of the first only.
 */
async function checkNodes(
  api: Api,
  open: OpenForPod,
  { change, workload }: Survey,
  swap: Swap,
  pod: PodDocument,
  signal: AbortSignal,
): Promise<string> {
  const rules = schedulingAfter(change, templateOf(workload));
  const pool = await answerOf(() => readNodePool(api, rules, signal));
  if (change.kind === 'image')
    return pool.kind === 'probe-failed' ? '' : warnOfPool(open, pool.value, pod, swap.image, signal);
  if (pool.kind === 'probe-failed') throw new ProbeError(pool.why);
  const wanted = parsePlatform(swap.platform);
  const fitting = pool.value.groups.filter(({ host }) => wanted !== null && samePlatform(wanted, host.platform));
  const count = fitting.reduce((sum, group) => sum + group.count, 0);
  const selector = Object.entries(swap.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (count === 0) {
    const message = `with the node selector ${selector.join(', ')} it could be scheduled to none of the ${pool.value.total} nodes of ${swap.platform}; nothing was done`;
    throw estateFailure(api.target, 'unsupported', message);
  }
  if (fitting.length < pool.value.groups.length) {
    const message = `the node selector ${selector.join(', ')} leaves nodes that are not of ${swap.platform}: their labels contradict their kubelets; nothing was done`;
    throw estateFailure(api.target, 'unsupported', message);
  }
  return ` ${count === 1 ? 'One node' : `${count} nodes`} of ${swap.platform} would be left to it.`;
}
