import { ProbeError, type ProbeFailure } from '../../../src/playbook/answer.ts';
import type { NodePool } from '../../../src/playbook/evidence.ts';
import type { WorkloadName } from '../../../src/playbook/other-workloads.ts';
import type { OtherWorkloads } from '../../../src/ports/estate.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import type { PodDocument, WorkloadDocument } from './documents.ts';
import { type Candidate, groupNodes, listNodes, poolOf, rulesOf } from './node-pool.ts';
import { readPullSecrets } from './pull-secrets.ts';
import type { Reader } from './reader.ts';
import { RESOURCES, WORKLOAD_KINDS } from './resources.ts';
import { listInScope, type Scope } from './scope.ts';
import { startsOfPod, startsOfWorkload, type WorkloadStart } from './workload-starts.ts';

interface Found {
  readonly starts: readonly WorkloadStart[];
  /** The pull secrets of service accounts, as admission has written them into pods, by `namespace/account`. */
  readonly secretsOf: ReadonlyMap<string, readonly string[]>;
  readonly unseen: readonly ProbeFailure[];
}

/**
 * All workloads of the cluster, those together that would start alike: one request a kind and its pages, however many
 * they are. A kind that may not be listed is named; rejects with ProbeError when nodes may not, for then nothing can be told.
 */
export async function listOthers(reader: Reader, scope: Scope, signal: AbortSignal): Promise<OtherWorkloads> {
  const [nodes, found] = await Promise.all([listNodes(reader.api, signal), listStarts(reader, scope, signal)]);
  const pool = poolsOf(nodes);
  const source = sources(reader, signal);
  const alike = new Map<string, { first: WorkloadStart; secrets: readonly string[]; workloads: WorkloadName[] }>();
  for (const start of found.starts) {
    const { name, image, overrides, mounts, scheduling, node } = start;
    const own = start.pullSecrets.length > 0 ? start.pullSecrets : found.secretsOf.get(accountOf(start));
    const secrets = own ?? [];
    const namespace = secrets.length > 0 ? name.namespace : '';
    const key = JSON.stringify([image, overrides, mounts, scheduling, node, namespace, secrets]);
    const group = alike.get(key) ?? { first: start, secrets, workloads: [] };
    group.workloads.push(name);
    alike.set(key, group);
  }
  const starts = [...alike.values()].map(({ first, secrets, workloads }) => ({
    workloads,
    image: first.image,
    overrides: first.overrides,
    mounts: first.mounts,
    groups: pool(first).groups,
    images: () => source(first.name.namespace, secrets),
  }));
  return { starts, unseen: found.unseen };
}

const accountOf = ({ name, serviceAccount }: WorkloadStart) => `${name.namespace}/${serviceAccount}`;

async function listStarts({ api }: Reader, scope: Scope, signal: AbortSignal): Promise<Found> {
  const secretsOf = new Map<string, readonly string[]>();
  const keepPod = (pod: PodDocument) => {
    const { serviceAccountName, imagePullSecrets } = pod.spec ?? {};
    const names = (imagePullSecrets ?? []).flatMap(({ name }) => name ?? []);
    if (names.length > 0) secretsOf.set(`${pod.metadata?.namespace}/${serviceAccountName || 'default'}`, names);
    const starts = startsOfPod(pod);
    return starts.length > 0 ? starts : null;
  };
  const answers = await Promise.allSettled([
    listInScope<PodDocument, readonly WorkloadStart[]>(api, scope, RESOURCES.pods, {}, keepPod, signal),
    ...Object.entries(WORKLOAD_KINDS).map(([kind, resource]) => {
      const keep = (document: WorkloadDocument) => {
        const starts = startsOfWorkload(kind, document);
        return starts.length > 0 ? starts : null;
      };
      return listInScope<WorkloadDocument, readonly WorkloadStart[]>(api, scope, resource, {}, keep, signal);
    }),
  ]);
  const unseen: ProbeFailure[] = [];
  for (const answer of answers) {
    if (answer.status === 'fulfilled') continue;
    if (!(answer.reason instanceof ProbeError)) throw answer.reason;
    unseen.push(answer.reason.why);
  }
  const starts = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.flat() : []));
  return { starts: starts.filter(isFirst()), secretsOf, unseen };
}

/** Many pods of one custom resource, and many ReplicaSets of one Rollout, count once for each image. */
function isFirst(): (start: WorkloadStart) => boolean {
  const seen = new Set<string>();
  return ({ name, image }) => {
    const key = JSON.stringify([name, image]);
    return !seen.has(key) && Boolean(seen.add(key));
  };
}

/** The nodes for a start; each set of rules is gone through once. */
function poolsOf(nodes: readonly Candidate[]): (start: WorkloadStart) => NodePool {
  const pools = new Map<string, NodePool>();
  return ({ scheduling, node }) => {
    const key = node ?? JSON.stringify(scheduling);
    const pool =
      pools.get(key) ??
      (node === null
        ? poolOf(nodes, rulesOf(scheduling))
        : groupNodes(
            nodes.filter((one) => one.node.name === node),
            nodes.length,
          ));
    pools.set(key, pool);
    return pool;
  };
}

/** The registries as pull secrets open them; each set of secrets is read once, and without any nothing is asked. */
function sources({ api, images }: Reader, signal: AbortSignal) {
  const made = new Map<string, Promise<ImageSource>>();
  return (namespace: string, names: readonly string[]): Promise<ImageSource> => {
    const key = names.length === 0 ? '' : JSON.stringify([namespace, names]);
    const pod: PodDocument = { metadata: { namespace }, spec: { imagePullSecrets: names.map((name) => ({ name })) } };
    const source = made.get(key) ?? readPullSecrets(api, pod, signal).then(images);
    made.set(key, source);
    return source;
  };
}
