import type { Place } from '../../../src/playbook/place.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { Api } from './api.ts';
import type { PodDocument } from './documents.ts';
import { readWorkload } from './find-instances.ts';
import { podsOfWorkload } from './find-pods.ts';
import { containersOf, type PodContainer } from './pod-containers.ts';
import { RESOURCES } from './resources.ts';

export type ClusterPlace = Extract<Place, { kind: 'kubernetes' }>;

/** The cluster's place; a place of another cluster or kind was sent here by mistake, which is a defect. */
export function placeOn(cluster: string, place: Place): ClusterPlace {
  if (place.kind !== 'kubernetes' || place.cluster !== cluster) {
    throw new Error(`a place elsewhere was asked of the cluster ${cluster}`);
  }
  return place;
}

/** A pod and the one of its containers that a place means. */
export interface PodAt {
  readonly pod: PodDocument;
  readonly container: PodContainer;
}

/**
 * Reads the pod of a place. Pods come and go: where it is gone or on its way out, the newest one of the same workload that has such a
 * container stands for it, failing ones first. Rejects with ProbeError.
 */
export async function readPod(api: Api, place: ClusterPlace, signal: AbortSignal): Promise<PodAt> {
  const { namespace, pod: name, container } = place;
  const there = await api.getIfThere<PodDocument>({ verb: 'get', resource: RESOURCES.pods, namespace, name }, signal);
  const stays = there !== null && there.metadata?.deletionTimestamp === undefined;
  const pod = stays ? there : ((await readSuccessor(api, place, signal)) ?? there);
  const found = pod && containersOf(pod).find(({ spec }) => spec.name === container);
  if (pod && found) return { pod, container: found };
  const what = pod
    ? `the pod ${name} has no container ${container}`
    : `there is no pod ${name} in namespace ${namespace} any more`;
  throw estateFailure(api.target, 'not-found', `${what}: run again`);
}

async function readSuccessor(api: Api, place: ClusterPlace, signal: AbortSignal): Promise<PodDocument | null> {
  const workload = await readWorkload(api, place, signal);
  if (workload === null) return null;
  const having = (await podsOfWorkload(api, workload, signal)).flatMap((pod) => {
    const container = pod.containers.find(({ name }) => name === place.container);
    return container && !pod.leaving ? [{ pod, well: container.well }] : [];
  });
  having.sort((a, b) => Number(a.well) - Number(b.well) || b.pod.createdAt.localeCompare(a.pod.createdAt));
  const name = having[0]?.pod.name;
  const asked = { verb: 'get', resource: RESOURCES.pods, namespace: place.namespace } as const;
  return name === undefined ? null : api.getIfThere<PodDocument>({ ...asked, name }, signal);
}
