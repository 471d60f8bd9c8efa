import { formatPlatform, type Platform, parsePlatform } from '../../../../src/image/platform.ts';
import { type Answer, answerOf, ProbeError } from '../../../../src/playbook/answer.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { ImageSource, OpenedImage } from '../../../../src/ports/image-source.ts';
import type { ImageSwapper, Swap, SwapPhase } from '../../../../src/ports/image-swap.ts';
import { type Api, createApi, FIELD_MANAGER } from '../api.ts';
import { clusterFailure } from '../cluster-failure.ts';
import type { PodDocument } from '../documents.ts';
import { readWorkload } from '../find-instances.ts';
import { identityOf } from '../inspect-instance.ts';
import { type RegistryLogins, readPullSecrets } from '../pull-secrets.ts';
import { placeOn } from '../read-pod.ts';
import { type ClusterAddress, createSessions } from '../session.ts';
import { imageIdOf, podIfThere } from './current-image.ts';
import { followRollOut } from './follow-roll-out.ts';
import { imagePatch, unmarkPatch } from './image-patch.ts';
import { observeSwap } from './observe-swap.ts';
import { patchWorkload as patch, whileStale } from './patch-workload.ts';
import { refuseChange } from './refuse-change.ts';
import { movedFailure, type Survey, surveySwap } from './survey-swap.ts';
import { warnOfPool } from './warn-of-pool.ts';

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
 * Replaces the image of one container of a workload by patch, under our own field manager and with the resourceVersion
 * as precondition. The old image is written down on the workload itself, so that whenever a process dies, a look at it
 * tells what is left to do or undo.
 */
export function createKubernetesSwapper(options: KubernetesSwapperOptions): ImageSwapper {
  const { name, clock, images } = options;
  const sessions = createSessions(options, clock);
  const api = createApi({ name, sessions, clock, deadlineMs: options.deadlineMs ?? DEADLINE_MS });
  const open: OpenForPod = async (pod, image, platform, signal) =>
    images(await readPullSecrets(api, pod, signal)).open(image, platform, signal);
  const deed = (work: Work) => (swap: Swap, signal: AbortSignal) =>
    answerOf(() => whileStale(async () => work(await surveySwap(api, name, swap, signal), swap, signal)));
  const phase = (id: string, title: string, work: Work): SwapPhase => ({
    id,
    title,
    run: deed(work),
  });

  return {
    name,
    current: (where, signal) =>
      answerOf(async () => {
        const place = placeOn(name, where);
        const [workload, found] = await Promise.all([readWorkload(api, place, signal), podIfThere(api, place, signal)]);
        if (workload === null)
          throw clusterFailure(
            api.target,
            'not-found',
            `there is no ${place.workload} in namespace ${place.namespace}`,
          );
        return { instanceId: identityOf(found?.pod ?? {}, workload), imageId: imageIdOf(found) };
      }),
    objection: (swap, signal) =>
      answerOf(async () => {
        const place = placeOn(name, swap.where);
        return refuseChange(
          await readWorkload(api, place, signal),
          `${place.namespace}/${place.pod}`,
          place.container,
          swap.image,
        );
      }),
    calls,
    phases: [
      phase('check', 'checking that it may be changed and would start', (survey, swap, signal) =>
        check(api, open, survey, swap, signal),
      ),
      phase('patch', 'setting the image by its digest', async (survey, swap, signal) => {
        if (survey.state === 'ours') return 'The image was set already.';
        await check(api, open, survey, swap, signal);
        const mark = { swap: swap.id, previous: survey.image };
        await patch(
          api,
          survey.workload,
          imagePatch(survey.workload, survey.place.container, swap.image, mark),
          false,
          signal,
        );
        return `${survey.place.workload}: ${survey.place.container} is ${swap.image} now.`;
      }),
      phase('roll-out', 'following the roll-out', (survey, swap, signal) => {
        if (survey.state !== 'ours') throw movedFailure(api, survey);
        return followRollOut(api, clock, survey.place, swap.image, signal);
      }),
    ],
    observe: (swap, signal) =>
      answerOf(async () => observeSwap(api, open, swap, await surveySwap(api, name, swap, signal), signal)),
    finish: deed(async ({ workload, mark }, swap, signal) => {
      if (mark?.swap !== swap.id) return 'Nothing was left to remove.';
      await patch(api, workload, unmarkPatch(workload), false, signal);
      return 'The note of the image before was removed.';
    }),
    putBack: deed((survey, _swap, signal) => putBack(api, survey, signal)),
  };
}

async function putBack(api: Api, survey: Survey, signal: AbortSignal): Promise<string> {
  const { place, workload, mark, state } = survey;
  if (state === 'untouched') return 'Nothing had been changed.';
  if (state === 'moved' || mark === null) throw movedFailure(api, survey);
  await patch(api, workload, imagePatch(workload, place.container, mark.previous, null), false, signal);
  return `${place.workload} has the image ${mark.previous} again, as before.`;
}

/** Everything that can be known before anything is changed: ownership, the image itself, permission and admission. */
async function check(api: Api, open: OpenForPod, survey: Survey, swap: Swap, signal: AbortSignal): Promise<string> {
  const { place, workload, state } = survey;
  if (state === 'ours') return 'It was checked before the image was set.';
  if (state === 'moved') throw movedFailure(api, survey);
  const found = await podIfThere(api, place, signal);
  if (imageIdOf(found) !== swap.imageId) throw movedFailure(api, survey);
  const refused = refuseChange(workload, place.pod, place.container, swap.image);
  if (refused !== null) throw clusterFailure(api.target, 'unsupported', refused);
  const platform = parsePlatform(swap.platform);
  if (platform === null) throw clusterFailure(api.target, 'invalid', `${swap.platform} is no platform`);
  const opened = await open(found?.pod ?? {}, swap.image, platform, signal);
  if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
  const actual = formatPlatform(opened.value.config.platform);
  if (actual !== swap.platform)
    throw clusterFailure(api.target, 'invalid', `the image is for ${actual}, not for ${swap.platform}`);
  await patch(
    api,
    workload,
    imagePatch(workload, place.container, swap.image, { swap: swap.id, previous: survey.image }),
    true,
    signal,
  );
  const warning = await warnOfPool(api, open, workload, found?.pod ?? {}, swap.image, signal);
  return `The image is there for ${actual}, and the cluster would take the change.${warning}`;
}

/** For a person to read before approving: the one change, and how it is undone. */
function calls({ where, image }: Swap): readonly string[] {
  if (where.kind !== 'kubernetes') return [];
  const { namespace, workload, container } = where;
  return [
    `kubectl -n ${namespace} set image ${workload} ${container}=${image} --field-manager=${FIELD_MANAGER}`,
    `kubectl -n ${namespace} rollout status ${workload}`,
    `on failure: the same with the image that is there now`,
  ];
}
