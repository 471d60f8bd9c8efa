import type { Estate } from '../../../src/ports/estate.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import { type FakeApiServer, fakeApiServer, pageOf } from './fake-api-server.ts';

export const NAMESPACES = 100;
const PODS = 2_000;

const owner = (kind: string, name: string, uid: string) => [{ kind, name, uid, controller: true }];
const labels = { app: 'pdf-renderer' };

interface BigCluster {
  /** What may be listed in namespaces only, by plurals. */
  readonly namespacedOnly?: readonly string[];
  /** What all pods are made from, `repository:tag` with its digest, and where it can be read. */
  readonly image?: { readonly reference: string; readonly digest: string; readonly source: ImageSource };
}

/** A Deployment in each of a hundred namespaces, with twenty pods on nodes of two platforms; those on arm64 fail. */
function objects(image: string, digest: string) {
  const names = Array.from({ length: NAMESPACES }, (_, at) => `ns-${at}`);
  const deployments = names.map((namespace) => ({
    metadata: { name: 'pdf-renderer', namespace, uid: `d-${namespace}` },
    spec: {
      selector: { matchLabels: labels },
      template: { spec: { containers: [{ name: 'render', image }] } },
    },
  }));
  const sets = names.map((namespace) => ({
    metadata: {
      name: 'pdf-renderer-1',
      namespace,
      uid: `r-${namespace}`,
      labels,
      ownerReferences: owner('Deployment', 'pdf-renderer', `d-${namespace}`),
    },
  }));
  const pods = Array.from({ length: PODS }, (_, at) => {
    const namespace = `ns-${at % NAMESPACES}`;
    const arm = Math.floor(at / NAMESPACES) % 2 === 1;
    const state = arm
      ? { waiting: { reason: 'CrashLoopBackOff' } }
      : { running: { startedAt: '2026-11-21T09:00:00Z' } };
    return {
      metadata: {
        name: `pod-${at}`,
        namespace,
        labels,
        ownerReferences: owner('ReplicaSet', 'pdf-renderer-1', `r-${namespace}`),
      },
      spec: {
        nodeName: `node-${arm ? 'arm64' : 'amd64'}`,
        containers: [{ name: 'render', image }],
      },
      status: {
        containerStatuses: [
          {
            name: 'render',
            ready: !arm,
            restartCount: arm ? 9 : 0,
            imageID: `${image.slice(0, image.lastIndexOf(':'))}@${digest}`,
            state,
          },
        ],
      },
    };
  });
  const nodes = ['amd64', 'arm64'].map((architecture) => ({
    metadata: { name: `node-${architecture}` },
    status: { nodeInfo: { architecture, operatingSystem: 'linux' } },
  }));
  return { deployments, replicasets: sets, pods, nodes } as const;
}

/** A stand-in API server that has them. */
export async function bigCluster({ namespacedOnly = [], image }: BigCluster = {}): Promise<{
  estate: Estate;
  server: FakeApiServer;
}> {
  const all: Record<string, readonly Listed[]> = objects(
    image?.reference ?? 'r/pdf-renderer:v3',
    image?.digest ?? `sha256:${'1'.repeat(64)}`,
  );
  const server = await fakeApiServer(({ path, query }) => {
    // /api/v1 or /apis/group/v1, then namespaces/…, plural, name, subresource.
    const [, namespace, plural = '', name, below] =
      /^\/apis?(?:\/[^/]+)?\/v1(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? [];
    if (namespace === undefined && namespacedOnly.includes(plural)) return { status: 403, body: {} };
    if (below === 'log') return { body: 'exec /app/render: exec format error\n' };
    const here = (all[plural] ?? []).filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
    if (name === undefined) return pageOf(here, query);
    const one = here.find(({ metadata }) => metadata.name === name);
    return one ? { body: one } : { status: 404, body: {} };
  });
  return { estate: server.estate(image && { images: image.source }), server };
}

interface Listed {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
