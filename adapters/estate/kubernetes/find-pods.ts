import type { Api } from './api.ts';
import type { PodDocument, WorkloadDocument } from './documents.ts';
import { controllerOf, type FoundWorkload, formatSelector } from './find-workloads.ts';
import { type PodGlimpse, podGlimpse } from './pod-glimpse.ts';
import { RESOURCES } from './resources.ts';

/** The newest runs of a CronJob that are looked at. */
const RUNS_CAP = 10;

/** What a workload's pods are known by: a selector to ask with, and the owners that they must have. */
interface Ownership {
  readonly selector: string;
  readonly owners: ReadonlySet<string>;
}

/** The pods of a workload, whichever objects stand in between; in at most two requests and their pages. */
export async function podsOfWorkload(
  api: Api,
  workload: FoundWorkload,
  signal: AbortSignal,
): Promise<readonly PodGlimpse[]> {
  const { selector, owners } = await ownershipOf(api, workload, signal);
  return owners.size === 0 ? [] : listPods(api, workload.namespace, selector, owners, signal);
}

/** The pods of some ReplicaSets, as an Argo Rollout has them. */
export async function podsOfReplicaSets(
  api: Api,
  namespace: string,
  sets: readonly WorkloadDocument[],
  signal: AbortSignal,
): Promise<readonly PodGlimpse[]> {
  const alive = sets.filter(({ spec }) => (spec?.replicas ?? 0) > 0);
  const pods = alive.map((set) =>
    listPods(api, namespace, formatSelector(set.spec?.selector), new Set([set.metadata?.uid ?? '']), signal),
  );
  return (await Promise.all(pods)).flat();
}

function listPods(
  api: Api,
  namespace: string,
  labelSelector: string,
  owners: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly PodGlimpse[]> {
  const keep = (pod: PodDocument) => (owners.has(controllerOf(pod)?.uid ?? '') ? podGlimpse(pod) : null);
  return api.list({ verb: 'list', resource: RESOURCES.pods, namespace }, { labelSelector }, keep, signal);
}

async function ownershipOf(api: Api, workload: FoundWorkload, signal: AbortSignal): Promise<Ownership> {
  const { kind, namespace, document } = workload;
  const uid = document.metadata?.uid ?? '';
  const selector = formatSelector(document.spec?.selector);
  if (kind === 'deployment') {
    const sets = await listOwned(api, RESOURCES.replicaSets, namespace, uid, selector, signal);
    return { selector, owners: new Set(sets.map(({ metadata }) => metadata?.uid ?? '')) };
  }
  if (kind === 'cronjob') {
    const jobs = (await listOwned(api, RESOURCES.jobs, namespace, uid, '', signal)).slice(0, RUNS_CAP);
    const names = jobs.map(({ metadata }) => metadata?.name ?? '');
    const uids = jobs.map(({ metadata }) => metadata?.uid ?? '');
    return { selector: `job-name in (${names.join(',')})`, owners: new Set(uids) };
  }
  return { selector, owners: new Set([uid]) };
}

/** The objects that a workload controls, newest first. */
export async function listOwned(
  api: Api,
  resource: (typeof RESOURCES)['replicaSets' | 'jobs'],
  namespace: string,
  owner: string,
  labelSelector: string,
  signal: AbortSignal,
): Promise<readonly WorkloadDocument[]> {
  const query = labelSelector === '' ? {} : { labelSelector };
  const keep = (item: WorkloadDocument) => (controllerOf(item)?.uid === owner ? item : null);
  const owned = await api.list({ verb: 'list', resource, namespace }, query, keep, signal);
  const createdAt = ({ metadata }: WorkloadDocument) => metadata?.creationTimestamp ?? '';
  return [...owned].sort((a, b) => createdAt(b).localeCompare(createdAt(a)));
}
