import type { ContainerSpec, ContainerStatus, PodDocument } from './documents.ts';

/** One container of a pod: what was asked for and how it fares. */
export interface PodContainer {
  readonly role: 'init' | 'sidecar' | 'app' | 'ephemeral';
  readonly spec: ContainerSpec;
  /** Null before the kubelet has reported. */
  readonly status: ContainerStatus | null;
}

/** All containers of a pod in the order in which they are started. */
export function containersOf({ spec, status }: PodDocument): readonly PodContainer[] {
  const statuses = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  const join = (specs: readonly ContainerSpec[] | undefined, role: (spec: ContainerSpec) => PodContainer['role']) =>
    (specs ?? []).map((one) => ({
      role: role(one),
      spec: one,
      status: statuses.find(({ name }) => name === one.name) ?? null,
    }));
  return [
    ...join(spec?.initContainers, (one) => (one.restartPolicy === 'Always' ? 'sidecar' : 'init')),
    ...join(spec?.containers, () => 'app'),
    ...join(spec?.ephemeralContainers, () => 'ephemeral'),
  ];
}

/** Whether a container does what it should: it runs and stays up, or as an init container has ended well. */
export function isWell({ role, status }: PodContainer): boolean {
  if (role === 'init' && status?.state?.terminated?.exitCode === 0) return true;
  return status?.state?.running !== undefined && (role !== 'app' || status.ready !== false);
}
