import { ProbeError } from '../../../../src/playbook/answer.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Api } from '../api.ts';
import type { PodDocument } from '../documents.ts';
import { readWorkload } from '../find-instances.ts';
import { controllerOf, type FoundWorkload, formatSelector } from '../find-workloads.ts';
import type { ClusterPlace } from '../read-pod.ts';
import { RESOURCES } from '../resources.ts';
import { isHopeless, isSettled } from './pod-prospects.ts';

const LOOK_EVERY_MS = 500;
/** A pod counts as broken after two restarts, between which the kubelet waits 10 and 20 s. */
const LOOKS = 120;

/**
 * A StatefulSet that keeps its pods in order waits for each to be ready before it replaces the next one, even by a better
 * template: a broken pod of the old one holds it up for ever (Kubernetes, "StatefulSets: Forced rollback").
 */
export function isOrdered({ kind, document }: FoundWorkload): boolean {
  return kind === 'statefulset' && document.spec?.podManagementPolicy !== 'Parallel';
}

/**
 * Deletes the pods of an ordered StatefulSet that are from another template than the present one and will not come up, as
 * its documentation says to do by hand; the controller makes them anew. Others are left alone. Gives how many there are of
 * which it is not clear yet whether they will come up.
 */
export async function freeOrderedSet(api: Api, set: FoundWorkload, signal: AbortSignal): Promise<number> {
  const { metadata, spec, status } = set.document;
  const observed = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  if (!isOrdered(set) || !observed || !status?.updateRevision) return 0;
  const keep = (pod: PodDocument): { name: string; uid: string; hopeless: boolean } | null => {
    const { name, uid, labels } = pod.metadata ?? {};
    const stale = labels?.['controller-revision-hash'] !== status.updateRevision;
    const own = controllerOf(pod)?.uid === metadata?.uid;
    return name && uid && stale && own && !isSettled(pod) ? { name, uid, hopeless: isHopeless(pod) } : null;
  };
  const asked = { verb: 'list', resource: RESOURCES.pods, namespace: set.namespace } as const;
  const unwell = await api.list(asked, { labelSelector: formatSelector(spec?.selector) }, keep, signal);
  const broken = unwell.filter(({ hopeless }) => hopeless);
  for (const { name, uid } of broken) await deletePod(api, set.namespace, name, uid, false, signal);
  return unwell.length - broken.length;
}

/** Asks whether a pod may be deleted, before anything is changed. Rejects with ProbeError. */
export async function mayFree(api: Api, set: FoundWorkload, pod: PodDocument, signal: AbortSignal): Promise<void> {
  const { name, uid } = pod.metadata ?? {};
  if (isOrdered(set) && name && uid) await deletePod(api, set.namespace, name, uid, true, signal);
}

/** After the old template was put back: waits until the controller has seen it, then frees the set of what was broken by the new one. */
export async function freeAfterUndo(api: Api, clock: Clock, place: ClusterPlace, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const set = await readWorkload(api, place, signal);
    if (set === null || !isOrdered(set)) return;
    const { metadata, status } = set.document;
    const observed = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
    const undecided = await freeOrderedSet(api, set, signal);
    if (observed && undecided === 0) return;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** One that is gone, or another one of the same name by now, is none to delete. */
async function deletePod(
  api: Api,
  namespace: string,
  name: string,
  uid: string,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    await api.delete({ verb: 'delete', resource: RESOURCES.pods, namespace, name }, uid, dryRun, signal);
  } catch (error) {
    if (error instanceof ProbeError && (error.why.code === 'not-found' || error.why.code === 'conflict')) return;
    throw error;
  }
}
