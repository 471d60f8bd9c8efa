import { formatPlatform, type Platform, parsePlatform, samePlatform } from '../../../../src/image/platform.ts';
import { ProbeError } from '../../../../src/playbook/answer.ts';
import type { Swap, SwapObservation } from '../../../../src/ports/image-swap.ts';
import type { Api } from '../api.ts';
import { imageOf } from '../container-image.ts';
import type { PodDocument } from '../documents.ts';
import { type FoundWorkload, formatSelector } from '../find-workloads.ts';
import { instanceState } from '../instance-state.ts';
import { containersOf, type PodContainer } from '../pod-containers.ts';
import { RESOURCES } from '../resources.ts';
import { isRolledOut } from './follow-roll-out.ts';
import type { OpenForPod } from './image-swapper.ts';
import type { NodePlatforms } from './node-platforms.ts';
import type { Survey } from './survey-swap.ts';
import { isMadeAfter, type TemplateChange } from './template-change.ts';

interface Seen {
  readonly pod: PodDocument;
  readonly container: PodContainer;
}

/**
 * How all pods of the workload fare together, on whatever nodes they came to stand: it runs when each of them does, and
 * the worst of them speaks for all. Rejects with ProbeError.
 */
export async function observeSwap(
  api: Api,
  open: OpenForPod,
  platforms: NodePlatforms,
  swap: Swap,
  { place, workload, change }: Survey,
  signal: AbortSignal,
): Promise<SwapObservation> {
  const pods = await podsWith(api, workload, place.container, change, signal);
  const states = pods.map(({ pod, container }) => ({
    ...instanceState(pod, container, (text) => text),
    imageId: imageOf(container).imageId,
  }));
  const worst = states.find(({ status }) => status !== 'running') ?? states[0];
  const wanted = workload.document.spec?.replicas ?? 1;
  const started = states.flatMap(({ startedAt }) => startedAt ?? []).sort();
  return {
    running:
      isRolledOut(workload) &&
      (wanted === 0 || states.length > 0) &&
      states.every(({ status }) => status === 'running'),
    restartCount: states.reduce((sum, { restartCount }) => sum + restartCount, 0),
    status: worst?.status ?? 'no pods',
    exitCode: worst?.exitCode ?? null,
    startedAt: started.at(-1) ?? null,
    health: states.some(({ health }) => health === 'unhealthy') ? 'unhealthy' : null,
    platform: await platformOf(open, platforms, swap, pods, signal),
    imageId: worst?.imageId ?? '',
  };
}

function podsWith(
  api: Api,
  { namespace, document }: FoundWorkload,
  name: string,
  change: TemplateChange,
  signal: AbortSignal,
) {
  const keep = (pod: PodDocument): Seen | null => {
    const container = containersOf(pod).find(({ spec }) => spec.name === name);
    const made = container && isMadeAfter(change, pod, container.spec.image);
    return made && !pod.metadata?.deletionTimestamp ? { pod, container } : null;
  };
  const query = { labelSelector: formatSelector(document.spec?.selector) };
  return api.list({ verb: 'list', resource: RESOURCES.pods, namespace }, query, keep, signal);
}

/**
 * Of the image that each node took out of the reference, all nodes that pods came to stand on; `mixed` when they took
 * different ones. With a node selector the nodes themselves count too: they are what was changed.
 */
async function platformOf(
  open: OpenForPod,
  platforms: NodePlatforms,
  swap: Swap,
  pods: readonly Seen[],
  signal: AbortSignal,
): Promise<string> {
  const first = pods[0];
  if (first === undefined) return swap.platform;
  const hosts = await platforms([...new Set(pods.flatMap(({ pod }) => pod.spec?.nodeName ?? []))], signal);
  const taken = await Promise.all(
    hosts.map(async (host) => {
      const opened = await open(first.pod, swap.image, host, signal);
      if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
      return opened.value.config.platform;
    }),
  );
  const wanted = parsePlatform(swap.platform);
  const fits = (platform: Platform) => wanted !== null && samePlatform(platform, wanted);
  if (swap.nodeSelector !== undefined && hosts.every(fits) && taken.every(fits)) return swap.platform;
  const found = new Set((swap.nodeSelector === undefined ? taken : [...taken, ...hosts]).map(formatPlatform));
  return found.size === 1 ? ([...found][0] ?? 'unknown') : 'mixed';
}
