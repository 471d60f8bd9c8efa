import { afterEach, expect, it } from 'vitest';
import { knownValue } from '../../contracts/estate-contract.ts';
import { bigCluster, NAMESPACES } from './big-cluster.ts';
import type { FakeApiServer } from './fake-api-server.ts';

const signal = new AbortController().signal;

let server: FakeApiServer | null = null;
afterEach(() => server?.close());

async function open() {
  const { estate, server: opened } = await bigCluster();
  server = opened;
  return { estate, asked: opened.asked };
}

it('finds one workload among 2,000 pods by a fixed number of requests', async () => {
  const { estate, asked } = await open();
  const places = knownValue(await estate.find('ns-7/deployment/pdf-renderer', signal));
  // The workload, its ReplicaSets, its pods, the nodes.
  expect(asked).toHaveLength(4);
  expect(places.map((place) => place.kind === 'kubernetes' && place.node)).toEqual(['node-arm64', 'node-amd64']);
});

it('finds a name in 100 namespaces without a request for each pod, and shows what is alike once', async () => {
  const { estate, asked } = await open();
  const places = knownValue(await estate.find('pdf-renderer', signal));
  // Six kinds and pods by name, once; ReplicaSets for a rollout are not asked; then two for each Deployment, and the nodes.
  expect(asked).toHaveLength(7 + 2 * NAMESPACES + 1);
  expect(new Set(places.map((place) => place.kind === 'kubernetes' && place.namespace)).size).toBe(NAMESPACES);
  expect(places).toHaveLength(NAMESPACES);
});

it('reads long lists page by page', async () => {
  const { estate, asked } = await open();
  const names = knownValue(await estate.names(signal));
  expect(names).toEqual(['pdf-renderer']);
  const pods = asked.filter(({ path }) => path.endsWith('/pods'));
  expect(pods).toEqual([]);
  expect(asked.every(({ query }) => query.get('limit') === '500')).toBe(true);
});
