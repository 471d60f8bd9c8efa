import { afterEach, expect, it } from 'vitest';
import { knownValue } from '../../contracts/estate-contract.ts';
import { type FakeApiServer, fakeApiServer, pageOf } from './fake-api-server.ts';

const signal = new AbortController().signal;
const NAMESPACES = 100;
const PODS = 2_000;

let server: FakeApiServer | null = null;
afterEach(() => server?.close());

const owner = (kind: string, name: string, uid: string) => [{ kind, name, uid, controller: true }];
const labels = { app: 'pdf-renderer' };

/** A Deployment in each of a hundred namespaces, with twenty pods on nodes of two platforms; those on arm64 fail. */
function objects() {
  const names = Array.from({ length: NAMESPACES }, (_, at) => `ns-${at}`);
  const deployments = names.map((namespace) => ({
    metadata: { name: 'pdf-renderer', namespace, uid: `d-${namespace}` },
    spec: { selector: { matchLabels: labels } },
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

async function cluster() {
  const all: Record<string, readonly { metadata: { name: string; namespace?: string } }[]> = objects();
  server = await fakeApiServer(({ path, query }) => {
    const [, namespace, plural] = /(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(path) ?? [];
    const listed = (all[plural ?? ''] ?? []).filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
    return pageOf(listed, query);
  });
  return { estate: server.estate(), server };
}

it('finds one workload among 2,000 pods by a fixed number of requests', async () => {
  const { estate, server } = await cluster();
  const places = knownValue(await estate.find('ns-7/deployment/pdf-renderer', signal));
  // The workload, its ReplicaSets, its pods, the nodes.
  expect(server.asked).toHaveLength(4);
  expect(places.map((place) => place.kind === 'kubernetes' && place.node)).toEqual(['node-arm64', 'node-amd64']);
});

it('finds a name in 100 namespaces without a request for each pod, and shows what is alike once', async () => {
  const { estate, server } = await cluster();
  const places = knownValue(await estate.find('pdf-renderer', signal));
  // Six kinds and pods by name, once; ReplicaSets for a rollout are not asked; then two for each Deployment, and the nodes.
  expect(server.asked).toHaveLength(7 + 2 * NAMESPACES + 1);
  expect(places.length).toBeLessThanOrEqual(12);
});

it('reads long lists page by page', async () => {
  const { estate, server } = await cluster();
  const names = knownValue(await estate.names(signal));
  expect(names).toEqual(['pdf-renderer']);
  const pods = server.asked.filter(({ path }) => path.endsWith('/pods'));
  expect(pods).toEqual([]);
  expect(server.asked.every(({ query }) => query.get('limit') === '500')).toBe(true);
});
