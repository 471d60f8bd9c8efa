import type { Clock } from '../../../../src/ports/clock.ts';
import { estateFailure } from '../../../../src/ports/estate-failure.ts';
import type { Api } from '../api.ts';
import type { PodDocument } from '../documents.ts';
import { readWorkload } from '../find-instances.ts';
import { controllerOf, type FoundWorkload, formatSelector } from '../find-workloads.ts';
import { containersOf } from '../pod-containers.ts';
import type { ClusterPlace } from '../read-pod.ts';
import { RESOURCES } from '../resources.ts';
import { freeOrderedSet } from './free-ordered-set.ts';
import { whyHopeless } from './pod-prospects.ts';
import { isMadeAfter, type TemplateChange } from './template-change.ts';

const LOOK_EVERY_MS = 1_000;
/** The default of `progressDeadlineSeconds`. */
const PATIENCE_MS = 600_000;

/**
 * Waits until the controller has replaced all pods by ones from the new template and they are available, as `kubectl
 * rollout status` does; gives up as soon as a new pod cannot come up. What holds an ordered StatefulSet up is taken out of
 * its way. Rejects with ProbeError.
 */
export async function followRollOut(
  api: Api,
  clock: Clock,
  place: ClusterPlace,
  change: TemplateChange,
  signal: AbortSignal,
): Promise<string> {
  const end = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const workload = await readWorkload(api, place, signal);
    if (workload === null)
      throw estateFailure(api.target, 'not-found', `${place.workload} was removed during its roll-out`);
    if (isRolledOut(workload)) {
      const how = change.kind === 'image' ? 'with the new image' : 'on the nodes that were chosen';
      return `Rolled out: ${replicasOf(workload)} ${how}.`;
    }
    const stuck = stalled(workload) ?? (await hopelessPod(api, workload, place.container, change, signal));
    if (stuck !== null)
      throw estateFailure(api.target, 'invalid', `the roll-out of ${place.workload} does not get on: ${stuck}`);
    await freeOrderedSet(api, workload, signal);
    if (clock.monotonic() > end)
      throw estateFailure(
        api.target,
        'timeout',
        `the roll-out of ${place.workload} has not ended within ${PATIENCE_MS / 60_000} minutes`,
      );
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** kubectl's own rules (polymorphichelpers/rollout_status.go). */
export function isRolledOut({ kind, document: { metadata, spec, status } }: FoundWorkload): boolean {
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return false;
  if (kind === 'daemonset') {
    const wanted = status?.desiredNumberScheduled ?? 0;
    return (status?.updatedNumberScheduled ?? 0) >= wanted && (status?.numberAvailable ?? 0) >= wanted;
  }
  const wanted = spec?.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  if (kind === 'statefulset') return updated >= wanted && (status?.readyReplicas ?? 0) >= wanted;
  return updated >= wanted && (status?.replicas ?? 0) <= updated && (status?.availableReplicas ?? 0) >= updated;
}

const replicasOf = ({ kind, document: { spec, status } }: FoundWorkload) => {
  const count = kind === 'daemonset' ? (status?.desiredNumberScheduled ?? 0) : (spec?.replicas ?? 1);
  return count === 1 ? 'one pod' : `${count} pods`;
};

function stalled({ document: { metadata, status } }: FoundWorkload): string | null {
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return null;
  const progress = status?.conditions?.find(({ type }) => type === 'Progressing');
  return progress?.reason === 'ProgressDeadlineExceeded' ? (progress.message ?? 'its deadline has passed') : null;
}

/** Why a pod made from the new template will not come up, in Kubernetes' words; null while there is hope. */
async function hopelessPod(
  api: Api,
  workload: FoundWorkload,
  container: string,
  change: TemplateChange,
  signal: AbortSignal,
): Promise<string | null> {
  const { namespace, document } = workload;
  const keep = (pod: PodDocument): string | null => {
    const found = containersOf(pod).find(({ spec }) => spec.name === container);
    if (!found || !isMadeAfter(change, pod, found.spec.image) || controllerOf(pod) === null) return null;
    return whyHopeless(pod, found);
  };
  const query = { labelSelector: formatSelector(document.spec?.selector) };
  const all = await api.list({ verb: 'list', resource: RESOURCES.pods, namespace }, query, keep, signal);
  return all[0] ?? null;
}
