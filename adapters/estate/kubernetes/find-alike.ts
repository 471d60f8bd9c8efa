import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Api } from './api.ts';
import type { PodDocument, WorkloadDocument } from './documents.ts';
import { podsOfWorkload } from './find-pods.ts';
import { controllerOf, type FoundWorkload, formatSelector } from './find-workloads.ts';
import type { PodsOf } from './pick-places.ts';
import { type PodGlimpse, podGlimpse } from './pod-glimpse.ts';
import { RESOURCES } from './resources.ts';
import type { Scope } from './scope.ts';

/** Fewer are asked for one by one: a list over a whole cluster costs its API server more than some of one namespace. */
const WORTH_A_LIST = 8;

/**
 * The pods of each workload. Of many with one kind and selector, as a name has that is in every namespace, all are listed
 * at once, so that the number of requests does not grow with them. Rejects with ProbeError.
 */
export async function podsOfWorkloads(
  api: Api,
  scope: Scope,
  workloads: readonly FoundWorkload[],
  signal: AbortSignal,
): Promise<readonly PodsOf[]> {
  const alike = Map.groupBy(workloads, ({ kind, document }) => `${kind}\n${formatSelector(document.spec?.selector)}`);
  const found = await Promise.all([...alike.values()].map((group) => podsOfGroup(api, scope, group, signal)));
  return found.flat();
}

async function podsOfGroup(
  api: Api,
  scope: Scope,
  group: readonly FoundWorkload[],
  signal: AbortSignal,
): Promise<readonly PodsOf[]> {
  const together = isWorthAList(scope, group) ? await listTogether(api, scope, group, signal) : null;
  return Promise.all(
    group.map(async (one) => ({
      workload: `${one.kind}/${one.name}`,
      pods: together?.get(one) ?? (await podsOfWorkload(api, one, signal)),
    })),
  );
}

/** The runs of a CronJob have no selector in common. */
function isWorthAList({ namespaces }: Scope, group: readonly FoundWorkload[]): boolean {
  const [first] = group;
  if (!first || first.kind === 'cronjob' || formatSelector(first.document.spec?.selector) === '') return false;
  return group.length >= WORTH_A_LIST && group.length > (namespaces?.length ?? 1);
}

/** Null where an account may list in each namespace but not over all of them, and where that would be too many. */
async function listTogether(
  api: Api,
  { namespaces }: Scope,
  group: readonly FoundWorkload[],
  signal: AbortSignal,
): Promise<ReadonlyMap<FoundWorkload, readonly PodGlimpse[]> | null> {
  const labelSelector = formatSelector(group[0]?.document.spec?.selector);
  const listAll = async <T, R>(resource: (typeof RESOURCES)['pods' | 'replicaSets'], keep: (item: T) => R | null) => {
    const inOne = (namespace: string | null) =>
      api.list<T, R>({ verb: 'list', resource, namespace }, { labelSelector }, keep, signal);
    return (await Promise.all((namespaces ?? [null]).map(inOne))).flat();
  };
  const owners = new Map(group.map((one) => [one.document.metadata?.uid ?? '', one]));
  const pods = new Map<FoundWorkload, PodGlimpse[]>(group.map((one) => [one, []]));
  const ownedBy = (item: PodDocument | WorkloadDocument) => owners.get(controllerOf(item)?.uid ?? '') ?? null;
  try {
    if (group[0]?.kind === 'deployment') {
      const keepSet = (set: WorkloadDocument) => {
        const owner = ownedBy(set);
        return owner && ([set.metadata?.uid ?? '', owner] as const);
      };
      for (const [uid, owner] of await listAll(RESOURCES.replicaSets, keepSet)) owners.set(uid, owner);
    }
    const keepPod = (pod: PodDocument) => {
      const [owner, glimpse] = [ownedBy(pod), podGlimpse(pod)];
      return owner && glimpse && ([owner, glimpse] as const);
    };
    for (const [owner, glimpse] of await listAll(RESOURCES.pods, keepPod)) pods.get(owner)?.push(glimpse);
    return pods;
  } catch (error) {
    if (error instanceof ProbeError && (error.why.code === 'denied' || error.why.code === 'too-large')) return null;
    throw error;
  }
}
