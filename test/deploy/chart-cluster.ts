import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buildRendererImage } from '../lab/incident-image.ts';
import { type ControlPlane, startControlPlane } from '../lab/kubernetes/control-plane.ts';
import { startRealNode } from '../lab/kubernetes/kubelet.ts';
import { buildPauseImage } from '../lab/kubernetes/pause-image.ts';
import { openPodNetwork, type PodNetwork } from '../lab/kubernetes/pod-network.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { pushImages } from '../lab/push-image.ts';
import { startRegistry } from '../lab/registry.ts';
import type { ShippedImage } from './build-shipped-image.ts';
import type { Manifest } from './helm.ts';
import { collectionOf } from './try-on-server.ts';

/** A real cluster of one node, with the image that the chart names and a workload that the kernel refuses. */
export interface ChartCluster {
  readonly plane: ControlPlane;
  readonly network: PodNetwork;
  /** `address:port`, as nodes and pods reach it, without TLS. */
  readonly registry: string;
  /** The folder of this machine that is the one volume of the node. */
  readonly volume: string;
  /** `kubectl apply`: what is there already is merged with what shall be. */
  apply(objects: readonly Manifest[]): Promise<void>;
  stop(): Promise<void>;
}

/** What it is called in the chart's values when nobody says otherwise. */
const SHIPPED = { repo: 'registry.corp.io/execfmt', tag: '0.1.0' };

/** Starts one; in its namespace `docs` the Deployment `pdf-renderer` has an image for the other architecture. */
export async function startChartCluster({ docker, tag }: ShippedImage): Promise<ChartCluster> {
  const folder = createScratchFolder('chart');
  const ends: (() => Promise<void> | void)[] = [() => removeLabFolder(folder)];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const network = await openPodNetwork();
    ends.push(() => network.stop());
    const { serviceRange, gateway } = network;
    const [plane, store] = await Promise.all([startControlPlane({ serviceRange }), startRegistry()]);
    ends.push(() => store.stop());
    ends.push(() => plane.stop());
    await network.forward(network.apiServer, 443, portOf(plane.server));
    const port = portOf(`http://${store.address}`);
    await network.forward(gateway, port, port);
    const registry = `${gateway}:${port}`;
    await pushImages(`${store.address}/pause`, { v1: await buildPauseImage() });
    const other = process.arch === 'arm64' ? 'amd64' : 'arm64';
    await pushImages(`${store.address}/pdf-renderer`, { v3: await buildRendererImage(other, 'v3') });
    const node = await startRealNode(plane, `${registry}/pause:v1`, { network, plainHttp: [registry] });
    ends.push(() => node.stop());
    await docker.getImage(tag).tag(SHIPPED);
    await node.importImages((await docker.getImage(`${SHIPPED.repo}:${SHIPPED.tag}`).get()) as Readable);

    const apply = (objects: readonly Manifest[]) => applyAll(plane, objects);
    const volume = join(folder, 'volume');
    mkdirSync(volume);
    await apply([...namespaces, volumeOf(volume), refused(`${registry}/pdf-renderer:v3`)]);
    return { plane, network, registry, volume, apply, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const portOf = (url: string) => Number(new URL(url).port);

async function applyAll({ admin }: ControlPlane, objects: readonly Manifest[]): Promise<void> {
  for (const object of objects) {
    const collection = collectionOf(object);
    const path = `${collection}/${object.metadata.name}`;
    if (await admin.get(path)) await admin.patch(path, object);
    else await admin.create(collection, object);
  }
}

const namespaces: readonly Manifest[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'execfmt', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'docs' } },
];

/** A folder of the node, made by hand as there is nobody who would; the kubelet gives it to the pod's group. */
const volumeOf = (path: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'of-execfmt' },
  spec: {
    capacity: { storage: '2Gi' },
    accessModes: ['ReadWriteOnce'],
    local: { path },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['localhost'] }] },
        ],
      },
    },
  },
});

const refused = (image: string): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'pdf-renderer', namespace: 'docs' },
  spec: {
    selector: { matchLabels: { app: 'pdf-renderer' } },
    template: {
      metadata: { labels: { app: 'pdf-renderer' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'render', image }] },
    },
  },
});
