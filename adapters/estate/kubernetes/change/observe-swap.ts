import { formatPlatform } from '../../../../src/image/platform.ts';
import { ProbeError } from '../../../../src/playbook/answer.ts';
import type { Swap, SwapObservation } from '../../../../src/ports/image-swap.ts';
import type { Api } from '../api.ts';
import { imageOf } from '../container-image.ts';
import type { NodeDocument, PodDocument } from '../documents.ts';
import { type FoundWorkload, formatSelector } from '../find-workloads.ts';
import { instanceState } from '../instance-state.ts';
import { nodeFacts } from '../node-facts.ts';
import { containersOf, type PodContainer } from '../pod-containers.ts';
import { RESOURCES } from '../resources.ts';
import { isRolledOut } from './follow-roll-out.ts';
import type { OpenForPod } from './image-swapper.ts';
import type { Survey } from './survey-swap.ts';

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
  swap: Swap,
  { place, workload }: Survey,
  signal: AbortSignal,
): Promise<SwapObservation> {
  const pods = await podsWith(api, workload, place.container, swap.image, signal);
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
    platform: await platformOf(api, open, swap, pods, signal),
    imageId: worst?.imageId ?? '',
  };
}

function podsWith(api: Api, { namespace, document }: FoundWorkload, name: string, image: string, signal: AbortSignal) {
  const keep = (pod: PodDocument): Seen | null => {
    const container = containersOf(pod).find(({ spec }) => spec.name === name);
    return container?.spec.image === image && !pod.metadata?.deletionTimestamp ? { pod, container } : null;
  };
  const query = { labelSelector: formatSelector(document.spec?.selector) };
  return api.list({ verb: 'list', resource: RESOURCES.pods, namespace }, query, keep, signal);
}

/** Of the image that each node took out of the reference; `mixed` when nodes took different ones. */
async function platformOf(
  api: Api,
  open: OpenForPod,
  swap: Swap,
  pods: readonly Seen[],
  signal: AbortSignal,
): Promise<string> {
  const nodes = [...new Set(pods.flatMap(({ pod }) => pod.spec?.nodeName ?? []))];
  const first = pods[0];
  if (first === undefined) return swap.platform;
  const found = new Set<string>();
  for (const name of nodes.slice(0, NODES_CAP)) {
    const node = await api.get<NodeDocument>({ verb: 'get', resource: RESOURCES.nodes, namespace: null, name }, signal);
    const opened = await open(first.pod, swap.image, nodeFacts(api.target, node, undefined).platform, signal);
    if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
    found.add(formatPlatform(opened.value.config.platform));
  }
  return found.size === 1 ? ([...found][0] ?? 'unknown') : 'mixed';
}

/** Nodes that are asked for their platform at each look. */
const NODES_CAP = 5;
