import type { Platform } from '../../../../src/image/platform.ts';
import { type Answer, answerOf } from '../../../../src/playbook/answer.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { estateFailure } from '../../../../src/ports/estate-failure.ts';
import type { ImageSource, OpenedImage } from '../../../../src/ports/image-source.ts';
import type { ImageSwapper, Swap, SwapPhase } from '../../../../src/ports/image-swap.ts';
import { type Api, createApi } from '../api.ts';
import type { PodDocument } from '../documents.ts';
import { readWorkload } from '../find-instances.ts';
import { identityOf, templateOf } from '../inspect-instance.ts';
import { type RegistryLogins, readPullSecrets } from '../pull-secrets.ts';
import { type ClusterPlace, placeOn } from '../read-pod.ts';
import { type ClusterAddress, createSessions } from '../session.ts';
import { checkSwap } from './check-swap.ts';
import { imageIdOf, podIfThere } from './current-image.ts';
import { followRollOut } from './follow-roll-out.ts';
import { freeAfterUndo, isOrdered } from './free-ordered-set.ts';
import { createNodePlatforms } from './node-platforms.ts';
import { observeSwap } from './observe-swap.ts';
import { patchWorkload as patch, whileStale } from './patch-workload.ts';
import { refuseChange } from './refuse-change.ts';
import { movedFailure, type Survey, surveySwap } from './survey-swap.ts';
import { swapPatch, unmarkPatch } from './swap-patch.ts';
import { callsOf, changeOf, describeChange, removalOf, undoOf } from './template-change.ts';

const DEADLINE_MS = 20_000;

/** What is needed to change workloads of one cluster. `deadlineMs` is for each single request. */
export interface KubernetesSwapperOptions extends ClusterAddress {
  readonly images: (logins: RegistryLogins) => ImageSource;
  readonly clock: Clock;
  readonly deadlineMs?: number;
}

/** Opens an image as the node of a pod would pull it: with the pod's logins, for a platform. */
export type OpenForPod = (
  pod: PodDocument,
  image: string,
  platform: Platform,
  signal: AbortSignal,
) => Promise<Answer<OpenedImage>>;

/** Something done after a look at what stands there. */
type Work = (survey: Survey, swap: Swap, signal: AbortSignal) => Promise<string>;

/**
 * Replaces the image of one container of a workload, or sets its node selector, by patch, under our own field manager and
 * with the resourceVersion as precondition. What was there before is written down on the workload itself, so that whenever a process dies, a look at it
 * tells what is left to do or undo.
 */
export function createKubernetesSwapper(options: KubernetesSwapperOptions): ImageSwapper {
  const { name, clock, images } = options;
  const sessions = createSessions(options, clock);
  const api = createApi({ name, sessions, clock, deadlineMs: options.deadlineMs ?? DEADLINE_MS });
  const open: OpenForPod = async (pod, image, platform, signal) =>
    images(await readPullSecrets(api, pod, signal)).open(image, platform, signal);
  const platforms = createNodePlatforms(api, clock);
  const deed = (work: Work) => (swap: Swap, signal: AbortSignal) =>
    answerOf(() => whileStale(async () => work(await surveySwap(api, name, swap, signal), swap, signal)));
  return {
    name,
    current: (where, signal) => answerOf(() => readCurrent(api, placeOn(name, where), signal)),
    objection: (swap, signal) =>
      answerOf(async () => {
        const place = placeOn(name, swap.where);
        const change = changeOf(swap, place.container);
        return refuseChange(await readWorkload(api, place, signal), place, change);
      }),
    calls: callsOf,
    phases: phasesOf(api, open, clock).map(({ id, title, work }) => ({ id, title, run: deed(work) })),
    observe: (swap, signal) =>
      answerOf(async () => observeSwap(api, open, platforms, swap, await surveySwap(api, name, swap, signal), signal)),
    finish: deed((survey, swap, signal) => finish(api, survey, swap, signal)),
    putBack: deed((survey, _swap, signal) => putBack(api, clock, survey, signal)),
  };
}

/** What stands for a place now, and the image that it was made from. */
async function readCurrent(api: Api, place: ClusterPlace, signal: AbortSignal) {
  const [workload, found] = await Promise.all([readWorkload(api, place, signal), podIfThere(api, place, signal)]);
  if (workload === null)
    throw estateFailure(api.target, 'not-found', `there is no ${place.workload} in namespace ${place.namespace}`);
  return { instanceId: identityOf(found?.pod ?? {}, workload), imageId: imageIdOf(found) };
}

function phasesOf(api: Api, open: OpenForPod, clock: Clock): readonly (Omit<SwapPhase, 'run'> & { work: Work })[] {
  const check: Work = (survey, swap, signal) => checkSwap(api, open, survey, swap, signal);
  const change: Work = async (survey, swap, signal) => {
    const { place, workload, state, change } = survey;
    if (state === 'ours') return 'The change was made already.';
    await checkSwap(api, open, survey, swap, signal);
    const mark = { swap: swap.id, undo: undoOf(change, templateOf(workload)) };
    await patch(api, workload, swapPatch(workload, change, mark), false, signal);
    return `${place.workload} has ${describeChange(change)} now.`;
  };
  const follow: Work = (survey, _swap, signal) => {
    if (survey.state !== 'ours') throw movedFailure(api, survey);
    return followRollOut(api, clock, survey.place, survey.change, signal);
  };
  return [
    { id: 'check', title: 'checking that it may be changed and would start', work: check },
    { id: 'patch', title: 'changing the template of its pods', work: change },
    { id: 'roll-out', title: 'following the roll-out', work: follow },
  ];
}

async function putBack(api: Api, clock: Clock, survey: Survey, signal: AbortSignal): Promise<string> {
  const { place, workload, mark, state } = survey;
  if (state === 'untouched') return 'Nothing had been changed.';
  if (state === 'moved' || mark === null) throw movedFailure(api, survey);
  // The mark of an ordered set goes last: if this process dies in between, the rest is done by the next one.
  const ordered = isOrdered(workload);
  await patch(api, workload, swapPatch(workload, mark.undo, ordered ? mark : null), false, signal);
  if (ordered) {
    await freeAfterUndo(api, clock, place, signal);
    const now = await readWorkload(api, place, signal);
    if (now) await patch(api, now, unmarkPatch(now), false, signal);
  }
  return `${place.workload} has ${describeChange(mark.undo)} again, as before.`;
}

async function finish(api: Api, { place, workload, mark, change }: Survey, swap: Swap, signal: AbortSignal) {
  if (mark?.swap !== swap.id) return 'Nothing was left to remove.';
  await patch(api, workload, unmarkPatch(workload), false, signal);
  if (change.kind === 'image') return 'The note of the image before was removed.';
  const removal = removalOf(change, place.namespace, place.workload, mark.undo);
  return `A policy that nobody sees is in force now: ${describeChange(change)}. Remove it once the image is right: ${removal}`;
}
