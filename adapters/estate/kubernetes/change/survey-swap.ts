import { estateFailure } from '../../../../src/ports/estate-failure.ts';
import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { Api } from '../api.ts';
import type { PodDocument } from '../documents.ts';
import { readWorkload } from '../find-instances.ts';
import type { FoundWorkload } from '../find-workloads.ts';
import { imageIn } from '../image-history.ts';
import { identityOf, templateOf } from '../inspect-instance.ts';
import { type ClusterPlace, placeOn } from '../read-pod.ts';
import { markOn, type SwapMark } from './swap-marks.ts';
import { changeOf, type TemplateChange } from './template-change.ts';

/** What stands there, seen from a swap. `untouched` is what was approved; `ours` bears the swap's own mark. */
export interface Survey {
  readonly place: ClusterPlace;
  readonly workload: FoundWorkload;
  readonly state: 'untouched' | 'ours' | 'moved';
  readonly mark: SwapMark | null;
  readonly change: TemplateChange;
}

/** Looks before anything is done. Rejects with ProbeError when the workload that was approved is not there. */
export async function surveySwap(api: Api, cluster: string, swap: Swap, signal: AbortSignal): Promise<Survey> {
  const place = placeOn(cluster, swap.where);
  const workload = await readWorkload(api, place, signal);
  const uid = swap.instanceId.split('@')[0];
  if (workload === null || workload.document.metadata?.uid !== uid) {
    throw estateFailure(
      api.target,
      'not-found',
      `${place.workload} in namespace ${place.namespace} is not the one that was approved: that is gone`,
    );
  }
  if (imageIn(templateOf(workload) ?? {}, place.container) === null) {
    throw estateFailure(api.target, 'not-found', `${place.workload} has no container ${place.container} any more`);
  }
  const mark = markOn(workload.document, place.container);
  const change = changeOf(swap, place.container);
  return { place, workload, state: stateOf(workload, mark, swap), mark, change };
}

const NO_POD: PodDocument = {};

function stateOf(workload: FoundWorkload, mark: SwapMark | null, swap: Swap): Survey['state'] {
  if (mark?.swap === swap.id) return 'ours';
  return mark === null && identityOf(NO_POD, workload) === swap.instanceId ? 'untouched' : 'moved';
}

/** The ProbeError for a workload that is not as it was approved. */
export function movedFailure(api: Api, { place, mark }: Survey): Error {
  const who = mark === null ? 'was changed by somebody else' : `is being changed by another run (${mark.swap})`;
  return estateFailure(
    api.target,
    'conflict',
    `${place.workload} in namespace ${place.namespace} ${who} since this was approved; nothing was done`,
  );
}
