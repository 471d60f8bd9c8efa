import { repositoryOf } from '../../../src/playbook/instance-evidence.ts';
import type { PodContainer } from './pod-containers.ts';

/** The image of a container, as it was asked for and as it was pulled. */
export interface ContainerImage {
  /** As the pod names it. */
  readonly reference: string;
  /** As the runtime names it, without the scheme that old runtimes put before it; empty when it was never pulled. */
  readonly imageId: string;
  /** Of what was pulled: of the index, or of the manifest when there was none; null when the runtime does not say. */
  readonly digest: string | null;
}

const DIGEST = /@(sha256:[0-9a-f]{64})$/;

/** Reads it off a pod (`status.containerStatuses[].imageID`, as containerd, CRI-O and dockershim write it). */
export function imageOf({ spec, status }: PodContainer): ContainerImage {
  const imageId = (status?.imageID ?? '').replace(/^[a-z-]+:\/\//, '');
  return { reference: spec.image ?? '', imageId, digest: DIGEST.exec(imageId)?.[1] ?? null };
}

/** What to read from the registry to see the files that the container has: by digest, else what the tag means now. */
export function publishedReference({ reference, digest }: ContainerImage): string {
  return digest === null ? reference : `${repositoryOf(reference)}@${digest}`;
}
