import type { Estate } from '../../../src/ports/estate.ts';
import { type FakeApiServer, fakeApiServer, pageOf } from './fake-api-server.ts';

export const NAMESPACES = 100;
const PODS = 2_000;

const owner = (kind: string, name: string, uid: string) => [{ kind, name, uid, controller: true }];
const labels = { app: 'pdf-renderer' };

/** A Deployment in each of a hundred namespaces, with twenty pods on nodes of two platforms; those on arm64 fail. */
function objects() {
  const names = Array.from({ length: NAMESPACES }, (_, at) => `ns-${at}`);
  const deployments = names.map((namespace) => ({
    metadata: { name: 'pdf-renderer', namespace, uid: `d-${namespace}` },
    spec: {
      selector: { matchLabels: labels },
      template: { spec: { containers: [{ name: 'render', image: 'r/pdf-renderer:v3' }] } },
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
        containers: [{ name: 'render', image: 'r/pdf-renderer:v3' }],
      },
      status: {
        containerStatuses: [
          {
            name: 'render',
            ready: !arm,
            restartCount: arm ? 9 : 0,
            imageID: `r/pdf-renderer@sha256:${'1'.repeat(64)}`,
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

/** A stand-in API server that has them; what may be listed in namespaces only is named by its plural. */
export async function bigCluster(
  namespacedOnly: readonly string[] = [],
): Promise<{ estate: Estate; server: FakeApiServer }> {
  const all: Record<string, readonly { metadata: { name: string; namespace?: string } }[]> = objects();
  const server = await fakeApiServer(({ path, query }) => {
    const [, namespace, plural] = /(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(path) ?? [];
    if (namespace === undefined && namespacedOnly.includes(plural ?? '')) return { status: 403, body: {} };
    const listed = (all[plural ?? ''] ?? []).filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
    return pageOf(listed, query);
  });
  return { estate: server.estate(), server };
}
