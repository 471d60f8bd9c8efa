import { randomBytes } from 'node:crypto';
import type { Answer } from '../../../src/playbook/answer.ts';
import type { Place } from '../../../src/playbook/place.ts';
import { waitFor } from '../../lab/waiting.ts';
import type { ClusterBench } from './cluster-bench.ts';
import { swapAt, swapperFor } from './swapper-on-cluster.ts';

const signal = new AbortController().signal;

type ClusterPlace = Extract<Place, { kind: 'kubernetes' }>;
type Call = () => Promise<Answer<unknown>>;

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName: string };
    readonly status: { readonly containerStatuses?: readonly unknown[] };
  }[];
}

const KINDS: Readonly<Record<string, string>> = {
  deployment: 'apps/v1/deployments',
  statefulset: 'apps/v1/statefulsets',
  daemonset: 'apps/v1/daemonsets',
  cronjob: 'batch/v1/cronjobs',
  job: 'batch/v1/jobs',
};

/** One workload of each kind, with a pod that was reported; and every call that the bot makes on them. */
export async function everyCall(
  bench: ClusterBench,
  kubeconfig: string,
): Promise<{ namespace: string; calls: () => Promise<Call[]> }> {
  const namespace = await bench.namespace();
  const places: ClusterPlace[] = [];
  for (const kind of Object.keys(KINDS)) places.push(await makeOne(bench, namespace, kind));
  const silent = await makeSilent(bench, namespace);
  const estate = bench.estateFor(kubeconfig);
  const swapper = swapperFor(bench, kubeconfig);
  const administrator = swapperFor(bench);
  const reading = places.flatMap((place): Call[] => [
    () => estate.find(`${namespace}/${place.workload}`, signal),
    () => estate.find(`${namespace}/pod/${place.pod}`, signal),
    () => estate.inspect(place, signal),
    () => estate.host(place, signal),
    () => estate.localImage(place, bench.badImageId, signal),
    () => estate.pool!(place, signal),
    () => estate.history!(place, signal),
    () => estate.localImages(place, bench.repository, signal),
    () => estate.log(place, 5, signal),
    () => swapper.current(place, signal),
  ]);
  const calls = async () => {
    const changing = places.slice(0, 3).map(async (place): Promise<Call> => {
      const swap = await swapAt(bench, administrator, place);
      return () => swapper.phases[0]!.run(swap, signal);
    });
    return [
      () => estate.names(signal),
      () => estate.inspect(silent, signal),
      () => estate.find(`${namespace}/nothing`, signal),
      () => estate.find(`${namespace}/replicaset/nothing`, signal),
      ...reading,
      ...(await Promise.all(changing)),
    ];
  };
  return { namespace, calls };
}

/** A bare pod on a node whose kubelet never answers: only events could tell why it does not start. */
async function makeSilent({ plane, bad, cluster }: ClusterBench, namespace: string): Promise<ClusterPlace> {
  const node = `${namespace}-silent`;
  await plane.admin.create('/api/v1/nodes', { metadata: { name: node } });
  const spec = { nodeName: node, containers: [{ name: 'render', image: bad }] };
  await plane.admin.create(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name: 'silent' }, spec });
  return { kind: 'kubernetes', cluster, namespace, workload: 'pod/silent', pod: 'silent', container: 'render', node };
}

async function makeOne({ plane, bad, cluster }: ClusterBench, namespace: string, kind: string): Promise<ClusterPlace> {
  const { admin } = plane;
  const name = `${kind}-${randomBytes(2).toString('hex')}`;
  const labels = { app: name };
  const restartPolicy = kind === 'job' || kind === 'cronjob' ? 'Never' : 'Always';
  const template = {
    metadata: { labels },
    spec: {
      restartPolicy,
      nodeSelector: { 'kubernetes.io/hostname': 'worker-amd64' },
      containers: [{ name: 'render', image: bad }],
    },
  };
  const [group, version, plural] = (KINDS[kind] ?? '').split('/');
  const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
  const plain = { selector: { matchLabels: labels }, template };
  const spec =
    kind === 'cronjob'
      ? { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } }
      : kind === 'job'
        ? { template }
        : plain;
  const made = await admin.create(path, {
    metadata: { name },
    spec: { ...spec, ...(kind === 'statefulset' && { serviceName: name }) },
  });
  if (kind === 'cronjob') {
    // As `kubectl create job --from` and the controller do it.
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name, uid: made.metadata.uid, controller: true };
    await admin.create(`/apis/batch/v1/namespaces/${namespace}/jobs`, {
      metadata: { name: `${name}-1`, ownerReferences: [owner] },
      spec: { template },
    });
  }
  const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=app=${name}`;
  return waitFor(`a pod of ${name}`, 60_000, async () => {
    const pod = (await admin.get<PodList>(pods))?.items.find(({ status }) => status.containerStatuses !== undefined);
    const where = { kind: 'kubernetes', cluster, namespace, workload: `${kind}/${name}`, container: 'render' } as const;
    return pod && { ...where, pod: pod.metadata.name, node: pod.spec.nodeName };
  });
}
