import type { PodDocument } from './documents.ts';
import { controllerOf } from './find-workloads.ts';
import { containersOf, isWell, type PodContainer } from './pod-containers.ts';

/** The little that is kept of a pod in a list, so that memory does not grow with the cluster. */
export interface PodGlimpse {
  readonly namespace: string;
  readonly name: string;
  /** Empty while it is not scheduled. */
  readonly node: string;
  readonly createdAt: string;
  readonly leaving: boolean;
  readonly owner: { readonly kind: string; readonly name: string } | null;
  readonly containers: readonly ContainerGlimpse[];
}

interface ContainerGlimpse {
  readonly name: string;
  readonly role: PodContainer['role'];
  readonly well: boolean;
  /** Waits only because an init container has not ended. */
  readonly behindInit: boolean;
  /** The image that was pulled, else the one that was asked for. */
  readonly image: string;
}

/** Null for an object without a name. */
export function podGlimpse(pod: PodDocument): PodGlimpse | null {
  const { name, namespace, creationTimestamp, deletionTimestamp } = pod.metadata ?? {};
  if (!name || !namespace) return null;
  const owner = controllerOf(pod);
  return {
    namespace,
    name,
    node: pod.spec?.nodeName ?? '',
    createdAt: creationTimestamp ?? '',
    leaving: deletionTimestamp !== undefined,
    owner: owner && { kind: owner.kind, name: owner.name },
    containers: containersOf(pod).map((container) => ({
      name: container.spec.name ?? '',
      role: container.role,
      well: isWell(container),
      behindInit: container.role === 'app' && container.status?.state?.waiting?.reason === 'PodInitializing',
      image: container.status?.imageID || container.spec.image || '',
    })),
  };
}
