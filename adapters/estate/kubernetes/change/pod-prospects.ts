import type { PodDocument } from '../documents.ts';
import { containersOf, type PodContainer } from '../pod-containers.ts';

/** A container that has failed this often will not come up by waiting. */
const RESTARTS = 2;
const HOPELESS = new Set([
  'CrashLoopBackOff',
  'ErrImagePull',
  'ImagePullBackOff',
  'RunContainerError',
  'CreateContainerError',
  'InvalidImageName',
]);

/** Why a container of a pod will not come up by waiting, in Kubernetes' words; null while there is hope. */
export function whyHopeless(pod: PodDocument, { status }: PodContainer): string | null {
  const { waiting } = status?.state ?? {};
  const tried = (status?.restartCount ?? 0) >= RESTARTS || waiting?.reason?.includes('Image') === true;
  if (!waiting?.reason || !HOPELESS.has(waiting.reason) || !tried) return null;
  return `${pod.metadata?.name} on ${pod.spec?.nodeName}: ${waiting.reason} ${(waiting.message ?? '').slice(0, 300)}`;
}

/** Whether a pod is on its way out, or stays up: one that crashes is ready for a moment after each start. */
export function isSettled({ metadata, status }: PodDocument): boolean {
  const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
  const never = status?.containerStatuses?.every(({ restartCount }) => (restartCount ?? 0) === 0) === true;
  return metadata?.deletionTimestamp !== undefined || (ready && never);
}

/** Whether a pod is there and one of its containers will not come up by waiting. */
export function isHopeless(pod: PodDocument): boolean {
  return (
    !pod.metadata?.deletionTimestamp && containersOf(pod).some((container) => whyHopeless(pod, container) !== null)
  );
}
