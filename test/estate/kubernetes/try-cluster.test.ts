import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { tryCluster } from '../../../adapters/estate/kubernetes/try-cluster.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { systemClock } from '../docker/system-clock.ts';
import { type AskedOf, type FakeApiServer, fakeApiServer } from './fake-api-server.ts';
import { shippedPermissions } from './service-account.ts';

const signal = new AbortController().signal;

let server: FakeApiServer | null = null;
afterEach(() => server?.close());

async function attempt(reply: (asked: AskedOf) => ReturnType<Parameters<typeof fakeApiServer>[0]>, set: object = {}) {
  server = await fakeApiServer(reply);
  server.estate();
  const trial = { name: 'prod', kubeconfig: join(server.folder, 'config'), context: null, namespaces: ['docs'] };
  const how = { permissions: 'change', clock: systemClock, deadlineMs: 1_000 } as const;
  return tryCluster({ ...trial, ...how, ...set }, signal);
}

const version = { body: { gitVersion: 'v1.34.2' } };
const attributesOf = ({ body }: AskedOf) => JSON.parse(body).spec.resourceAttributes;
const allow = (asked: AskedOf) =>
  asked.path === '/version' ? version : { status: 201, body: { status: { allowed: true } } };

describe('trying a cluster', () => {
  it('asks for exactly the permissions that the shipped roles give, nodes without a namespace', async () => {
    expect(knownValue(await attempt(allow))).toEqual({ detail: 'Kubernetes v1.34.2', lacks: [] });
    const asked = (server?.asked ?? []).filter(({ path }) => path !== '/version').map(attributesOf);
    const shipped = ['rbac-read.yaml', 'rbac-change.yaml'].flatMap(shippedPermissions);
    const names = asked.map(({ group, resource, subresource, verb }) =>
      [group, `${resource}${subresource ? `/${subresource}` : ''}`, verb].join(' '),
    );
    expect(names.sort()).toEqual(shipped.map(({ group, resource, verb }) => `${group} ${resource} ${verb}`).sort());
    for (const { resource, namespace } of asked) expect(namespace).toBe(resource === 'nodes' ? undefined : 'docs');
  });

  it('asks for none where only the connection counts, and for none of change where nobody may approve', async () => {
    await attempt(allow, { permissions: 'none' });
    expect(server?.asked.map(({ path }) => path)).toEqual(['/version']);
    await server?.close();
    await attempt(allow, { permissions: 'read' });
    const verbs = (server?.asked ?? [])
      .filter(({ path }) => path !== '/version')
      .map((asked) => attributesOf(asked).verb);
    expect([...new Set(verbs)].sort()).toEqual(['get', 'list']);
  });

  it.each([
    [401, 'denied', 'does not know who asks'],
    [503, 'unreachable', 'does not serve just now'],
  ])('says what an answer of %i means', async (status, code, words) => {
    const answer = await attempt(() => ({ status, body: { kind: 'Status', code: status } }));
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code, message: expect.stringContaining(words) } });
  });

  it('gives up a server that hangs', async () => {
    const answer = await attempt(() => 'hang', { deadlineMs: 200 });
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'timeout' } });
  });
});
