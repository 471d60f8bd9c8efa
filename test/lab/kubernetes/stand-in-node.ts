import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from './control-plane.ts';

/** What becomes of a container made from an image, by the reference that a pod names. */
export interface StandInImage {
  /** As the runtime would report it: `registry/repository@sha256:…`; empty when it cannot be pulled. */
  readonly imageId: string;
  /** What the runtime writes when execve(2) refuses; null when it runs. */
  readonly refusal: string | null;
}

export interface StandInNodeOptions {
  readonly name: string;
  /** GOARCH. */
  readonly architecture: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly imageOf: (reference: string) => StandInImage;
}

/** A node without a kernel: the kubelet's side of the API's protocol, and its log endpoint, played by the test. */
export interface StandInNode {
  readonly name: string;
  stop(): Promise<void>;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
  readonly status?: { readonly containerStatuses?: readonly { readonly image: string }[] };
}

interface Container {
  readonly name: string;
  readonly image: string;
}

const LOOK_EVERY_MS = 300;
/** A node that is silent for 40 s is tainted as unreachable: nothing would be scheduled to it any more. */
const HEARTBEAT_EVERY_MS = 10_000;
const STARTED = '2026-11-21T09:00:00Z';

/** Registers a node with its platform, then reports the pods that the scheduler gives it as its images make them fare. */
export async function startStandInNode(plane: ControlPlane, options: StandInNodeOptions): Promise<StandInNode> {
  const { admin, folder } = plane;
  const { name } = options;
  const server = createServer(
    { cert: readFileSync(join(folder, 'certs/apiserver.crt')), key: readFileSync(join(folder, 'certs/apiserver.key')) },
    (request, response) => {
      // /containerLogs/{namespace}/{pod}/{container}
      const [, , namespace, pod, container] = (request.url ?? '').split(/[/?]/);
      admin.get<Pod>(`/api/v1/namespaces/${namespace}/pods/${pod}`).then(
        (found) => {
          const image = found?.spec.containers.find((one) => one.name === container)?.image ?? '';
          response.end(`${options.imageOf(image).refusal ?? 'ready'}\n`);
        },
        () => response.writeHead(500).end(),
      );
    },
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await register(plane, options, port);
  let ended = false;
  const loop = (async () => {
    let heard = performance.now();
    while (!ended) {
      const due = performance.now() - heard > HEARTBEAT_EVERY_MS;
      if (due) heard = performance.now();
      await Promise.all([report(plane, options), due && sendHeartbeat(plane, name)]).catch(() => {
        // A pod that went away in between; the next look sees what is there.
      });
      await sleep(LOOK_EVERY_MS);
    }
  })();
  return {
    name,
    async stop() {
      ended = true;
      await loop;
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function register(
  { admin }: ControlPlane,
  { name, architecture, labels, taints }: StandInNodeOptions,
  port: number,
) {
  const marks = {
    'kubernetes.io/arch': architecture,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/hostname': name,
    ...labels,
  };
  await admin.create('/api/v1/nodes', { metadata: { name, labels: marks } });
  // Admission taints every new node as not ready.
  await admin.patch(`/api/v1/nodes/${name}`, { spec: { taints: taints ?? null } });
  const capacity = { cpu: '64', memory: '256Gi', pods: '5000' };
  await admin.patch(`/api/v1/nodes/${name}/status`, {
    status: {
      capacity,
      allocatable: capacity,
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      conditions: [readyNow()],
      nodeInfo: nodeInfo(architecture),
    },
  });
}

const readyNow = () => {
  const lastHeartbeatTime = new Date().toISOString();
  return { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'ready', lastHeartbeatTime };
};

/** As kubelets did it before there were leases, and still do. */
const sendHeartbeat = ({ admin }: ControlPlane, name: string) =>
  admin.patch(`/api/v1/nodes/${name}/status`, { status: { conditions: [readyNow()] } });

const nodeInfo = (architecture: string) => ({
  architecture,
  operatingSystem: 'linux',
  osImage: 'Debian GNU/Linux 12 (bookworm)',
  kernelVersion: '6.1.0-40-cloud',
  containerRuntimeVersion: 'containerd://1.7.27',
  kubeletVersion: 'v1.33.13',
  kubeProxyVersion: '',
  bootID: '-',
  machineID: '-',
  systemUUID: '-',
});

async function report({ admin }: ControlPlane, options: StandInNodeOptions): Promise<void> {
  const list = await admin.get<{ items: readonly Pod[] }>(`/api/v1/pods?fieldSelector=spec.nodeName=${options.name}`);
  for (const pod of list?.items ?? []) {
    const { namespace, name, deletionTimestamp } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (deletionTimestamp !== undefined) {
      await admin.delete(`${path}?gracePeriodSeconds=0`).catch(() => {});
      continue;
    }
    const images = pod.spec.containers.map(({ image }) => image).join();
    const told = (pod.status?.containerStatuses ?? []).map(({ image }) => image).join();
    if (images === told) continue;
    await admin.patch(`${path}/status`, { status: statusOf(pod, options.imageOf) }).catch(() => {});
  }
}

function statusOf(pod: Pod, imageOf: StandInNodeOptions['imageOf']) {
  const statuses = pod.spec.containers.map((container) => containerStatus(container, imageOf(container.image)));
  const ready = statuses.every((status) => status.ready);
  const condition = (type: string, is: boolean) => ({
    type,
    status: is ? 'True' : 'False',
    lastTransitionTime: STARTED,
  });
  return {
    phase: 'Running',
    podIP: '10.0.0.1',
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: statuses,
  };
}

function containerStatus({ name, image }: Container, { imageId, refusal }: StandInImage) {
  const common = { name, image, imageID: imageId };
  if (imageId === '') {
    const waiting = { reason: 'ErrImagePull', message: refusal ?? 'not found' };
    return { ...common, ready: false, started: false, restartCount: 0, state: { waiting } };
  }
  if (refusal === null) {
    const state = { running: { startedAt: new Date().toISOString() } };
    return { ...common, ready: true, started: true, restartCount: 0, containerID: `containerd://${name}`, state };
  }
  const terminated = { exitCode: 255, reason: 'Error', startedAt: STARTED, finishedAt: STARTED };
  const waiting = { reason: 'CrashLoopBackOff', message: `back-off 5m0s restarting failed container=${name}` };
  return {
    ...common,
    ready: false,
    started: false,
    restartCount: 7,
    containerID: `containerd://${name}`,
    state: { waiting },
    lastState: { terminated },
  };
}
