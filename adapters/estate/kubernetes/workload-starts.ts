import type { MountFacts } from '../../../src/playbook/evidence.ts';
import type { StartOverrides, WorkloadName } from '../../../src/playbook/other-workloads.ts';
import { mountsOf, overridesOf } from './container-start.ts';
import type { ContainerSpec, PodDocument, PodSpec, WorkloadDocument } from './documents.ts';
import { controllerOf } from './find-workloads.ts';

/** The little that is kept of a container of a workload, so that memory does not grow with the cluster. */
export interface WorkloadStart {
  readonly name: WorkloadName;
  readonly image: string;
  readonly overrides: StartOverrides;
  readonly mounts: readonly MountFacts[];
  /** What binds its pods to nodes. */
  readonly scheduling: Pick<PodSpec, 'nodeSelector' | 'affinity' | 'tolerations'>;
  /** Of a bare pod that was scheduled: it stays where it is. */
  readonly node: string | null;
  readonly serviceAccount: string;
  readonly pullSecrets: readonly string[];
}

/** Owners whose own template speaks for what they control. */
const SPEAKS_FOR_ITSELF = new Set(['deployment', 'statefulset', 'daemonset', 'cronjob', 'job', 'replicaset']);

/**
 * The containers that a workload of a kind would start; none where its owner is listed itself, or nothing will be
 * started any more. The ReplicaSets of an Argo Rollout stand for it, as far as they have pods.
 */
export function startsOfWorkload(kind: string, document: WorkloadDocument): readonly WorkloadStart[] {
  const owner = controllerOf(document);
  const { spec, status, metadata } = document;
  if (owner && SPEAKS_FOR_ITSELF.has(owner.kind)) return [];
  if (owner && kind === 'replicaset' && (spec?.replicas ?? 0) === 0) return [];
  if (kind === 'job' && status?.conditions?.some(isOver)) return [];
  const template = spec?.jobTemplate?.spec?.template ?? spec?.template;
  const named = owner ? `${owner.kind}/${owner.name}` : `${kind}/${metadata?.name ?? ''}`;
  return startsOf(metadata?.namespace, named, template?.spec, null);
}

const isOver = ({ type, status }: { type?: string; status?: string }) =>
  (type === 'Complete' || type === 'Failed') && status === 'True';

/** The containers of a pod that nothing stands for which is listed itself: a bare one, or one of a custom resource. */
export function startsOfPod({ metadata, spec, status }: PodDocument): readonly WorkloadStart[] {
  const owner = controllerOf({ metadata: metadata ?? {} });
  if (owner && SPEAKS_FOR_ITSELF.has(owner.kind)) return [];
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed' || metadata?.deletionTimestamp) return [];
  // A custom resource makes its pods anew, wherever they may go; a bare pod and a static one stay.
  const stays = owner === null || owner.kind === 'node';
  const named = owner && !stays ? `${owner.kind}/${owner.name}` : `pod/${metadata?.name ?? ''}`;
  return startsOf(metadata?.namespace, named, spec, stays ? (spec?.nodeName ?? null) : null);
}

function startsOf(
  namespace: string | undefined,
  workload: string,
  spec: PodSpec | undefined,
  node: string | null,
): readonly WorkloadStart[] {
  if (!namespace || !spec) return [];
  const { nodeSelector, affinity, tolerations, serviceAccountName, imagePullSecrets } = spec;
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  return containers
    .filter((one): one is ContainerSpec & { image: string } => Boolean(one.image))
    .map((container) => ({
      name: { namespace, workload, container: container.name ?? '' },
      image: container.image,
      overrides: overridesOf(spec, container),
      mounts: mountsOf(spec, container),
      scheduling: {
        ...(nodeSelector && { nodeSelector }),
        ...(affinity?.nodeAffinity && { affinity: { nodeAffinity: affinity.nodeAffinity } }),
        ...(tolerations && { tolerations }),
      },
      node,
      serviceAccount: serviceAccountName || 'default',
      pullSecrets: (imagePullSecrets ?? []).flatMap(({ name }) => name ?? []),
    }));
}
