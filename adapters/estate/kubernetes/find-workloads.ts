import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Api } from './api.ts';
import type { KubeObject, LabelSelector, WorkloadDocument } from './documents.ts';
import type { Wanted } from './read-name.ts';
import { RESOURCES, type Resource, WORKLOAD_KINDS } from './resources.ts';
import { listInScope, type Scope } from './scope.ts';

/** A workload that was found by name. */
export interface FoundWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly document: WorkloadDocument;
}

/**
 * The workloads of this name and kind. One request a kind and namespace, however large the cluster is: the API picks by
 * name. A kind that may not be listed is passed over only when another one has the name. Rejects with ProbeError.
 */
export async function findWorkloads(
  api: Api,
  scope: Scope,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<readonly FoundWorkload[]> {
  const kinds = Object.entries(WORKLOAD_KINDS).filter(([kind]) => wanted.kind === null || kind === wanted.kind);
  const narrowed = wanted.namespace === null ? scope : { ...scope, namespaces: [wanted.namespace] };
  const query = { fieldSelector: `metadata.name=${wanted.name}` };
  const answers = await Promise.allSettled(
    kinds.map(([kind, resource]) =>
      listInScope<WorkloadDocument, FoundWorkload>(api, narrowed, resource, query, (item) => found(kind, item), signal),
    ),
  );
  const all = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  for (const answer of answers) {
    const reason: unknown = answer.status === 'rejected' ? answer.reason : null;
    const passedOver = reason instanceof ProbeError && reason.why.code === 'denied' && all.length > 0;
    if (reason !== null && !passedOver) throw reason;
  }
  return withoutOwned(all, wanted);
}

function found(kind: string, document: WorkloadDocument): FoundWorkload | null {
  const { name, namespace } = document.metadata ?? {};
  return name && namespace ? { kind, namespace, name, document } : null;
}

/** A ReplicaSet of a Deployment or a Job of a CronJob stands for its owner, unless it was asked for by its kind. */
function withoutOwned(all: readonly FoundWorkload[], wanted: Wanted): readonly FoundWorkload[] {
  return wanted.kind !== null ? all : all.filter(({ document }) => controllerOf(document) === null || all.length === 1);
}

/** The owner that controls an object; null when it stands on its own. */
export function controllerOf({ metadata }: KubeObject): { kind: string; name: string; uid: string } | null {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  return owner?.kind && owner.name ? { kind: owner.kind.toLowerCase(), name: owner.name, uid: owner.uid ?? '' } : null;
}

/** The ReplicaSets of Argo Rollouts of this name: the custom resource itself need not be readable. */
export async function replicaSetsOfRollout(
  api: Api,
  scope: Scope,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<readonly WorkloadDocument[]> {
  const narrowed = wanted.namespace === null ? scope : { ...scope, namespaces: [wanted.namespace] };
  const owned = (item: WorkloadDocument) => {
    const owner = controllerOf(item);
    return owner?.kind === 'rollout' && owner.name === wanted.name ? item : null;
  };
  return listInScope(api, narrowed, RESOURCES.replicaSets, {}, owned, signal);
}

/** The selector as the API takes it in a query (labels.Selector); empty when it selects nothing. */
export function formatSelector(selector: LabelSelector | undefined): string {
  const equal = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const more = (selector?.matchExpressions ?? []).flatMap(({ key, operator, values }) => {
    const list = `(${(values ?? []).join(',')})`;
    if (!key) return [];
    if (operator === 'In') return [`${key} in ${list}`];
    if (operator === 'NotIn') return [`${key} notin ${list}`];
    return operator === 'Exists' ? [key] : [`!${key}`];
  });
  return [...equal, ...more].join(',');
}

/** The resource of a workload's kind; null for kinds that are no built-in ones. */
export function resourceOf(kind: string): Resource | null {
  return WORKLOAD_KINDS[kind] ?? null;
}
