import { ProbeError } from '../../../../src/playbook/answer.ts';
import type { Api } from '../api.ts';
import { imageOf } from '../container-image.ts';
import { type ClusterPlace, type PodAt, readPod } from '../read-pod.ts';

/** The pod that stands for a place now; null when the workload has none (scaled to nothing). */
export async function podIfThere(api: Api, place: ClusterPlace, signal: AbortSignal): Promise<PodAt | null> {
  try {
    return await readPod(api, place, signal);
  } catch (error) {
    if (error instanceof ProbeError && error.why.code === 'not-found') return null;
    throw error;
  }
}

/** The image that a place's container was made from; empty without a pod, and before it was pulled. */
export const imageIdOf = (found: PodAt | null): string => (found === null ? '' : imageOf(found.container).imageId);
