import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Place } from '../../../src/playbook/place.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { Api } from './api.ts';
import type { NodeDocument, PodDocument, WorkloadDocument } from './documents.ts';
import { podsOfWorkloads } from './find-alike.ts';
import { podsOfReplicaSets } from './find-pods.ts';
import { controllerOf, type FoundWorkload, findWorkloads, replicaSetsOfRollout, resourceOf } from './find-workloads.ts';
import { type PodsOf, pickPlaces } from './pick-places.ts';
import { type PodGlimpse, podGlimpse } from './pod-glimpse.ts';
import { readName, type Wanted } from './read-name.ts';
import { RESOURCES, WORKLOAD_KINDS } from './resources.ts';
import { isInScope, listInScope, type Scope } from './scope.ts';
import { whyNoPods } from './why-no-pods.ts';

const NAMES_CAP = 1_000;

/**
 * Where the instances of a name are: of workloads of that name, and of a pod of that name. Empty when there is no such
 * thing; a workload without pods is told as a ProbeError that says why it has none.
 */
export async function findInstances(
  api: Api,
  scope: Scope,
  cluster: string,
  text: string,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const wanted = readName(text);
  if (wanted === null || (wanted.namespace !== null && !isInScope(scope, wanted.namespace))) return [];
  const pods = wanted.kind === null || wanted.kind === 'pod' ? await podsByName(api, scope, wanted, signal) : [];
  const workloads = await workloadsBeside(pods, api, scope, wanted, signal);
  const found: PodsOf[] = [...(await podsOfWorkloads(api, scope, workloads, signal)), ...pods];
  const nothing = workloads.length === 0 && found.length === 0;
  if (wanted.kind === 'rollout' || (nothing && wanted.kind === null))
    found.push(...(await podsOfRollout(api, scope, wanted, signal)));
  const count = found.reduce((sum, { pods }) => sum + pods.length, 0);
  const empty = workloads[0];
  if (count === 0 && empty) throw estateFailure(api.target, 'not-found', whyNoPods(empty));
  const platforms = count > 1 ? await readNodePlatforms(api, signal) : new Map<string, string>();
  return pickPlaces(cluster, found, (node) => platforms.get(node) ?? '');
}

/** That some kinds may not be listed matters only where nothing else has the name. */
async function workloadsBeside(
  pods: readonly PodsOf[],
  api: Api,
  scope: Scope,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<readonly FoundWorkload[]> {
  if (wanted.kind === 'pod' || wanted.kind === 'rollout') return [];
  try {
    return await findWorkloads(api, scope, wanted, signal);
  } catch (error) {
    if (pods.length > 0 && error instanceof ProbeError && error.why.code === 'denied') return [];
    throw error;
  }
}

async function podsByName(api: Api, scope: Scope, wanted: Wanted, signal: AbortSignal): Promise<readonly PodsOf[]> {
  const narrowed = wanted.namespace === null ? scope : { ...scope, namespaces: [wanted.namespace] };
  const query = { fieldSelector: `metadata.name=${wanted.name}` };
  const pods = await listInScope<PodDocument, PodGlimpse>(api, narrowed, RESOURCES.pods, query, podGlimpse, signal);
  return Promise.all(pods.map(async (pod) => ({ workload: await workloadOf(api, pod, signal), pods: [pod] })));
}

async function podsOfRollout(api: Api, scope: Scope, wanted: Wanted, signal: AbortSignal): Promise<readonly PodsOf[]> {
  const sets = await replicaSetsOfRollout(api, scope, wanted, signal);
  const namespaces = [...new Set(sets.flatMap(({ metadata }) => metadata?.namespace ?? []))];
  return Promise.all(
    namespaces.map(async (namespace) => {
      const own = sets.filter(({ metadata }) => metadata?.namespace === namespace);
      return { workload: `rollout/${wanted.name}`, pods: await podsOfReplicaSets(api, namespace, own, signal) };
    }),
  );
}

/** The top owner of a pod, as in a place: over its ReplicaSet to the Deployment or Rollout, over its Job to the CronJob. */
async function workloadOf(api: Api, { owner, namespace, name }: PodGlimpse, signal: AbortSignal): Promise<string> {
  if (owner === null) return `pod/${name}`;
  const resource = resourceOf(owner.kind);
  const between = owner.kind === 'replicaset' || owner.kind === 'job';
  if (!between || resource === null) return `${owner.kind}/${owner.name}`;
  const document = await api.getIfThere<WorkloadDocument>(
    { verb: 'get', resource, namespace, name: owner.name },
    signal,
  );
  const top = document && controllerOf(document);
  return top ? `${top.kind}/${top.name}` : `${owner.kind}/${owner.name}`;
}

/** The platform of each node by its own word; empty when nodes may not be listed: then pods only differ by their image. */
async function readNodePlatforms(api: Api, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const keep = ({ metadata, status }: NodeDocument): [string, string] | null => {
    const { operatingSystem, architecture } = status?.nodeInfo ?? {};
    return metadata?.name ? [metadata.name, `${operatingSystem}/${architecture}`] : null;
  };
  try {
    return new Map(await api.list({ verb: 'list', resource: RESOURCES.nodes, namespace: null }, {}, keep, signal));
  } catch (error) {
    if (error instanceof ProbeError && error.why.code === 'denied') return new Map();
    throw error;
  }
}

/** The names of all workloads that stand on their own, sorted. Rejects with ProbeError only when no kind may be listed. */
export async function listNames(api: Api, scope: Scope, signal: AbortSignal): Promise<readonly string[]> {
  const kinds = Object.values(WORKLOAD_KINDS);
  const keep = (item: WorkloadDocument) => (controllerOf(item) === null ? (item.metadata?.name ?? null) : null);
  const answers = await Promise.allSettled(
    kinds.map((resource) => listInScope<WorkloadDocument, string>(api, scope, resource, {}, keep, signal)),
  );
  const names = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const refused = answers.find((answer) => answer.status === 'rejected');
  if (refused && names.length === 0) throw refused.reason;
  return [...new Set(names)].sort().slice(0, NAMES_CAP);
}

/** A workload by its place; null when it is gone or no built-in kind. */
export async function readWorkload(
  api: Api,
  { namespace, workload }: Extract<Place, { kind: 'kubernetes' }>,
  signal: AbortSignal,
): Promise<FoundWorkload | null> {
  const [kind = '', name = ''] = workload.split('/');
  const resource = resourceOf(kind);
  if (resource === null) return null;
  const document = await api.getIfThere<WorkloadDocument>({ verb: 'get', resource, namespace, name }, signal);
  return document && { kind, namespace, name, document };
}
