import { afterEach, expect, it } from 'vitest';
import type { Place } from '../../../src/playbook/place.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { bigCluster, NAMESPACES } from './big-cluster.ts';
import type { FakeApiServer } from './fake-api-server.ts';

const signal = new AbortController().signal;

const servers: FakeApiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function open(namespacedOnly: readonly string[] = []) {
  const { estate, server } = await bigCluster({ namespacedOnly });
  servers.push(server);
  return { estate, asked: server.asked };
}

it('finds one workload among 2,000 pods by a fixed number of requests', async () => {
  const { estate, asked } = await open();
  const places = knownValue(await estate.find('ns-7/deployment/pdf-renderer', signal));
  // The workload, its ReplicaSets, its pods, the nodes.
  expect(asked).toHaveLength(4);
  expect(places.map((place) => place.kind === 'kubernetes' && place.node)).toEqual(['node-arm64', 'node-amd64']);
});

const namespacesOf = (places: readonly Place[]) =>
  new Set(places.map((place) => place.kind === 'kubernetes' && place.namespace));

it('finds a name in 100 namespaces without a request for each, and shows what is alike once', async () => {
  const { estate, asked } = await open();
  const places = knownValue(await estate.find('pdf-renderer', signal));
  // Six kinds and pods by name, once; the ReplicaSets of all, their pods in four pages, and the nodes.
  expect(asked).toHaveLength(7 + 1 + 4 + 1);
  expect(namespacesOf(places).size).toBe(NAMESPACES);
  expect(places).toHaveLength(NAMESPACES);
  for (const place of places) expect(place).toMatchObject({ workload: 'deployment/pdf-renderer', node: 'node-arm64' });
});

it.each(['replicasets', 'pods'])('asks namespace by namespace where %s may not be listed over all', async (plural) => {
  const { estate, asked } = await open();
  const places = knownValue(await estate.find('pdf-renderer', signal));
  const limited = await open([plural]);
  expect(knownValue(await limited.estate.find('pdf-renderer', signal))).toEqual(places);
  expect(limited.asked.length).toBeGreaterThan(asked.length + NAMESPACES);
});

it('reads long lists page by page', async () => {
  const { estate, asked } = await open();
  const names = knownValue(await estate.names(signal));
  expect(names).toEqual(['pdf-renderer']);
  const pods = asked.filter(({ path }) => path.endsWith('/pods'));
  expect(pods).toEqual([]);
  expect(asked.every(({ query }) => query.get('limit') === '500')).toBe(true);
});
