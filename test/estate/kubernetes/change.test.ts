import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createKubernetesSwapper } from '../../../adapters/estate/kubernetes/change/image-swapper.ts';
import { refuseChange } from '../../../adapters/estate/kubernetes/change/refuse-change.ts';
import type { FoundWorkload } from '../../../adapters/estate/kubernetes/find-workloads.ts';
import { known } from '../../../src/playbook/answer.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import type { Swap } from '../../../src/ports/image-swap.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { systemClock } from '../docker/system-clock.ts';
import { type AskedOf, type FakeApiServer, fakeApiServer } from './fake-api-server.ts';

const signal = new AbortController().signal;
const NEW = `r/web@sha256:${'2'.repeat(64)}`;
const where = {
  kind: 'kubernetes',
  cluster: 'prod',
  namespace: 'docs',
  workload: 'deployment/web',
  pod: 'web-1',
  container: 'web',
  node: 'n',
} as const;

const platform = { os: 'linux', architecture: 'amd64', variant: null };
const images = { open: async () => known({ config: { platform } }) } as unknown as ImageSource;

const nodeOf = (architecture: string, at: number) => ({
  metadata: { name: `n${at}` },
  status: { nodeInfo: { architecture, operatingSystem: 'linux' } },
});

let server: FakeApiServer | null = null;
afterEach(() => server?.close());

/** A Deployment whose status is written between any look and the patch that follows, some times. */
async function busyCluster(writes: number, patched: (request: AskedOf) => object = () => ({})) {
  let left = writes;
  const document = {
    metadata: { name: 'web', namespace: 'docs', uid: 'u', resourceVersion: '7' },
    spec: { template: { spec: { containers: [{ name: 'web', image: 'r/web:3' }] } } },
  };
  server = await fakeApiServer((request) => {
    if (request.method === 'PATCH') {
      left -= 1;
      return left >= 0
        ? { status: 409, body: { message: 'the object has been modified' } }
        : { body: patched(request) };
    }
    if (request.path.endsWith('/nodes')) return { body: { items: ['amd64', 'arm64', 'arm64'].map(nodeOf) } };
    return request.path.endsWith('/deployments/web') ? { body: document } : { status: 404, body: {} };
  });
  server.estate();
  const kubeconfig = join(server.folder, 'config');
  const swapper = createKubernetesSwapper({
    name: 'prod',
    kubeconfig,
    context: null,
    images: () => images,
    clock: systemClock,
  });
  const current = knownValue(await swapper.current(where, signal));
  const swap: Swap = { id: 'p-1', where, ...current, image: NEW, platform: 'linux/amd64' };
  return { swapper, swap };
}

describe('a patch', () => {
  it('is tried anew while only the status moves', async () => {
    const { swapper, swap } = await busyCluster(3);
    expect(knownValue(await swapper.phases[0]!.run(swap, signal))).toContain('the cluster would take the change');
    const patches = server?.asked.filter(({ method }) => method === 'PATCH') ?? [];
    expect(patches).toHaveLength(4);
    expect(patches.every(({ query }) => query.get('dryRun') === 'All' && query.get('fieldManager') === 'execfmt')).toBe(
      true,
    );
  });

  it('is told to be for some nodes of a mixed pool only', async () => {
    const { swapper, swap } = await busyCluster(0);
    const said = knownValue(await swapper.phases[0]!.run(swap, signal));
    expect(said).toContain('it is not for 2 of linux/arm64:');
    expect(said).not.toContain('of linux/amd64');
  });

  it('is given up when it never stops moving', async () => {
    const { swapper, swap } = await busyCluster(1_000);
    expect(await swapper.phases[0]!.run(swap, signal)).toMatchObject({
      kind: 'probe-failed',
      why: { code: 'conflict' },
    });
  });

  it('is stored only after it was tried', async () => {
    const { swapper, swap } = await busyCluster(0);
    knownValue(await swapper.phases[1]!.run(swap, signal));
    const patches = server?.asked.filter(({ method }) => method === 'PATCH') ?? [];
    expect(patches.map(({ query }) => query.get('dryRun'))).toEqual(['All', null]);
    expect(patches.every(({ headers }) => headers['content-type'] === 'application/strategic-merge-patch+json')).toBe(
      true,
    );
  });
});

describe('a change is refused, with what to do instead, for', () => {
  const workload = (kind: string, spec: object = {}, metadata: object = {}): FoundWorkload => ({
    kind,
    namespace: 'docs',
    name: 'web',
    document: { metadata, spec },
  });
  const refusal = (one: FoundWorkload | null) => refuseChange(one, 'docs/web-1', 'web', NEW);

  it.each([
    ['a bare pod', null, 'stands for itself'],
    ['a paused roll-out', workload('deployment', { paused: true }), 'kubectl -n docs rollout resume deployment/web'],
    [
      'pods that are replaced by hand',
      workload('statefulset', { updateStrategy: { type: 'OnDelete' } }),
      'delete the pods',
    ],
    ['a Job', workload('job'), 'are not replaced when it is changed'],
    [
      'a Helm release',
      workload('deployment', {}, { annotations: { 'meta.helm.sh/release-name': 'docs' } }),
      'Helm release "docs"',
    ],
  ])('%s', (_, one, words) => {
    expect(refusal(one)).toContain(words);
    expect(refusal(one)).toContain(NEW);
  });

  it('nothing else', () => {
    for (const kind of ['deployment', 'statefulset', 'daemonset']) expect(refusal(workload(kind))).toBeNull();
  });
});
