import { randomBytes } from 'node:crypto';
import { createKubernetesEstate } from '../../../adapters/estate/kubernetes/estate.ts';
import { MEDIA_TYPES } from '../../../adapters/practice/oci-image.ts';
import { createImageSource } from '../../../adapters/registry/oci/image-source.ts';
import type { Place } from '../../../src/playbook/place.ts';
import type { Estate } from '../../../src/ports/estate.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import type { Log } from '../../../src/ports/log.ts';
import { buildRendererImage } from '../../lab/incident-image.ts';
import { type ControlPlane, startControlPlane } from '../../lab/kubernetes/control-plane.ts';
import { type RealNode, startRealNode } from '../../lab/kubernetes/kubelet.ts';
import { buildPauseImage } from '../../lab/kubernetes/pause-image.ts';
import { type StandInImage, type StandInNode, startStandInNode } from '../../lab/kubernetes/stand-in-node.ts';
import { pushImages } from '../../lab/push-image.ts';
import { startRegistry } from '../../lab/registry.ts';
import { waitFor } from '../../lab/waiting.ts';
import { systemClock } from '../docker/system-clock.ts';

/** Stands in the environment of every pod. */
export const CANARY = 'canary-7c41-do-not-tell';
const CLUSTER = 'lab';
/** The node on which the pods' containers are only played. */
const STAND_IN = 'worker-amd64';
export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

type Labels = Readonly<Record<string, string>>;
type ClusterPlace = Extract<Place, { kind: 'kubernetes' }>;

/** A real API server, a registry with a good and a bad image, and nodes for amd64. */
export interface ClusterBench {
  readonly plane: ControlPlane;
  readonly cluster: string;
  readonly registry: string;
  readonly repository: string;
  /** `…:v3`, for arm64, and `…@sha256:…` of v2, for amd64. */
  readonly bad: string;
  readonly good: string;
  readonly badImageId: string;
  readonly images: ImageSource;
  /** The estate as the owner of a kubeconfig sees it; the administrator without one. */
  estateFor(kubeconfig?: string, namespaces?: readonly string[] | null): Estate;
  /** Makes a namespace of a new name. */
  namespace(): Promise<string>;
  /** Deploys to a node or what has some labels, the stand-in when none is named, and waits until a pod has been reported. Gives the place of that. */
  deploy(namespace: string, name: string, image: string, node?: string | Labels): Promise<ClusterPlace>;
  /** The object that `deploy` makes. */
  deployment(name: string, image: string, node: string): object;
  /** Publishes an index whose only entry is the image for arm64; gives its reference. */
  pushIndexWithoutAmd64(): Promise<string>;
  /** Adds a real kubelet on a real containerd, until the bench is closed. Gives its name. */
  addRealNode(): Promise<string>;
  /** Adds a node until the bench is closed. */
  addNode(name: string, architecture: string, labels?: Record<string, string>): Promise<StandInNode>;
  close(): Promise<void>;
}

export async function openBench(): Promise<ClusterBench> {
  const [plane, registry] = await Promise.all([startControlPlane(), startRegistry()]);
  const repository = `${registry.address}/pdf-renderer`;
  const [v2, v3] = [await buildRendererImage('amd64', 'v2'), await buildRendererImage('arm64', 'v3')];
  await pushImages(repository, { v2, v3 });
  const idOf: Record<string, string> = { [v2.digest]: 'amd64', [v3.digest]: 'arm64' };
  const tags: Record<string, string> = { v2: v2.digest, v3: v3.digest };
  const imageOn =
    (architecture: string) =>
    (reference: string): StandInImage => {
      const digest = reference.split('@')[1] ?? tags[reference.split(':').at(-1) ?? ''] ?? '';
      const runs = idOf[digest] === architecture;
      if (idOf[digest] === undefined) return { imageId: '', refusal: `${reference}: not found` };
      return { imageId: `${repository}@${digest}`, refusal: runs ? null : 'exec /app/render: exec format error' };
    };
  const nodes: StandInNode[] = [];
  let realNode: RealNode | null = null;
  const addNode = async (name: string, architecture: string, labels: Record<string, string> = {}) => {
    const node = await startStandInNode(plane, { name, architecture, labels, imageOf: imageOn(architecture) });
    nodes.push(node);
    return node;
  };
  await addNode(STAND_IN, 'amd64');
  const registries = { [registry.address]: { plainHttp: true } };
  const images = createImageSource({ registries, dockerConfigPath: null, log: silent, clock: systemClock });
  return {
    plane,
    cluster: CLUSTER,
    registry: registry.address,
    repository,
    bad: `${repository}:v3`,
    good: `${repository}@${v2.digest}`,
    badImageId: `${repository}@${v3.digest}`,
    images,
    estateFor: (kubeconfig = plane.kubeconfig('admin'), namespaces = null) =>
      createKubernetesEstate({
        name: CLUSTER,
        kubeconfig,
        context: null,
        namespaces,
        command: 'kubectl --context lab',
        images: () => images,
        clock: systemClock,
      }),
    async namespace() {
      const name = `docs-${randomBytes(3).toString('hex')}`;
      await plane.admin.create('/api/v1/namespaces', { metadata: { name } });
      await waitFor('its service account', 30_000, () =>
        plane.admin.get(`/api/v1/namespaces/${name}/serviceaccounts/default`),
      );
      return name;
    },
    async deploy(namespace, name, image, node = STAND_IN) {
      await plane.admin.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(name, image, node));
      return waitForPod(plane, namespace, name);
    },
    addNode,
    deployment,
    async pushIndexWithoutAmd64() {
      const { manifest, platform } = v3;
      const { os, architecture } = platform;
      const entry = {
        mediaType: manifest.mediaType,
        digest: v3.digest,
        size: manifest.content.length,
        platform: { os, architecture },
      };
      const answer = await fetch(`http://${registry.address}/v2/pdf-renderer/manifests/only-arm64`, {
        method: 'PUT',
        headers: { 'content-type': MEDIA_TYPES.index },
        body: JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [entry] }),
      });
      if (!answer.ok) throw new Error(`The registry answered ${answer.status}: ${await answer.text()}`);
      return `${repository}:only-arm64`;
    },
    async addRealNode() {
      await pushImages(`${registry.address}/pause`, { v1: await buildPauseImage() });
      realNode = await startRealNode(plane, `${registry.address}/pause:v1`);
      return realNode.name;
    },
    async close() {
      realNode?.stop();
      for (const node of nodes) await node.stop();
      await Promise.all([plane.stop(), registry.stop()]);
    },
  };
}

function deployment(name: string, image: string, node: string | Labels) {
  const labels = { app: name };
  return {
    metadata: { name, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: typeof node === 'string' ? { 'kubernetes.io/hostname': node } : node,
          dnsPolicy: 'Default',
          terminationGracePeriodSeconds: 1,
          automountServiceAccountToken: false,
          containers: [{ name: 'render', image, env: [{ name: 'API_KEY', value: CANARY }] }],
        },
      },
    },
  };
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName?: string };
    readonly status: { readonly containerStatuses?: readonly { readonly imageID: string }[] };
  }[];
}

async function waitForPod(plane: ControlPlane, namespace: string, name: string): Promise<ClusterPlace> {
  return waitFor(`a pod of ${name}`, 60_000, async () => {
    const list = await plane.admin.get<PodList>(`/api/v1/namespaces/${namespace}/pods?labelSelector=app=${name}`);
    const pod = list?.items.find(({ status }) => status.containerStatuses?.[0]?.imageID);
    const workload = `deployment/${name}`;
    const where = { kind: 'kubernetes', cluster: CLUSTER, namespace, workload, container: 'render' } as const;
    return pod && { ...where, pod: pod.metadata.name, node: pod.spec.nodeName ?? '' };
  });
}
