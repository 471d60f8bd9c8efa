import { afterEach, describe, expect, it } from 'vitest';
import type { OtherWorkloads } from '../../../src/ports/estate.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { bigCluster } from './big-cluster.ts';
import { type FakeApiServer, fakeApiServer, type ListedObject, pageOf } from './fake-api-server.ts';

const signal = new AbortController().signal;

let server: FakeApiServer | null = null;
afterEach(() => server?.close());

const owned = (kind: string, name: string) => ({
  ownerReferences: [{ kind, name, uid: `u-${name}`, controller: true }],
});
const meta = (name: string, more: object = {}) => ({ name, namespace: 'docs', ...more });
const podSpec = (image: string, more: object = {}) => ({ containers: [{ name: 'main', image }], ...more });
const template = (image: string, more: object = {}) => ({ template: { spec: podSpec(image, more) } });
const node = (name: string, architecture: string, labels: object = {}) => ({
  metadata: { name, labels: { 'kubernetes.io/arch': architecture, ...labels } },
  status: { nodeInfo: { architecture, operatingSystem: 'linux' } },
});

const OBJECTS: Record<string, readonly object[]> = {
  nodes: [node('a-1', 'amd64'), node('a-2', 'amd64'), node('b-1', 'arm64')],
  deployments: [
    { metadata: meta('web'), spec: template('r/web:1', { initContainers: [{ name: 'init', image: 'r/init:1' }] }) },
    { metadata: meta('twin'), spec: template('r/web:1') },
    { metadata: meta('bound'), spec: template('r/web:1', { nodeSelector: { 'kubernetes.io/arch': 'arm64' } }) },
    { metadata: meta('private'), spec: template('r/private:1', { serviceAccountName: 'puller' }) },
    { metadata: meta('empty') },
  ],
  statefulsets: [{ metadata: meta('db'), spec: template('r/db:1') }],
  daemonsets: [{ metadata: meta('agent'), spec: template('r/agent:1') }],
  replicasets: [
    { metadata: meta('web-1', owned('Deployment', 'web')), spec: { replicas: 2, ...template('r/web:1') } },
    { metadata: meta('roll-1', owned('Rollout', 'roll')), spec: { replicas: 0, ...template('r/roll:1') } },
    { metadata: meta('roll-2', owned('Rollout', 'roll')), spec: { replicas: 2, ...template('r/roll:2') } },
    { metadata: meta('lone'), spec: { replicas: 1, ...template('r/lone:1') } },
  ],
  jobs: [
    { metadata: meta('nightly-1', owned('CronJob', 'nightly')), spec: template('r/nightly:1') },
    {
      metadata: meta('done'),
      spec: template('r/done:1'),
      status: { conditions: [{ type: 'Complete', status: 'True' }] },
    },
    { metadata: meta('import'), spec: template('r/import:1') },
  ],
  cronjobs: [{ metadata: meta('nightly'), spec: { jobTemplate: { spec: template('r/nightly:1') } } }],
  pods: [
    { metadata: meta('web-1-x', owned('ReplicaSet', 'web-1')), spec: podSpec('r/web:1') },
    { metadata: meta('bare'), spec: podSpec('r/bare:1', { nodeName: 'b-1' }) },
    { metadata: meta('ended'), spec: podSpec('r/ended:1'), status: { phase: 'Succeeded' } },
    { metadata: meta('flow-a', owned('Workflow', 'flow')), spec: podSpec('r/flow:1', { nodeName: 'b-1' }) },
    { metadata: meta('flow-b', owned('Workflow', 'flow')), spec: podSpec('r/flow:1', { nodeName: 'a-1' }) },
    {
      metadata: meta('private-1-x', owned('ReplicaSet', 'private-1')),
      spec: podSpec('r/private:1', { serviceAccountName: 'puller', imagePullSecrets: [{ name: 'regcred' }] }),
    },
    {},
  ],
};

async function cluster(denied: readonly string[] = []) {
  server = await fakeApiServer(({ path, query }) => {
    const plural = path.split('/').at(-1) ?? '';
    if (denied.includes(plural)) return { status: 403, body: { kind: 'Status', reason: 'Forbidden' } };
    if (path.includes('/secrets/')) return { status: 404, body: {} };
    return pageOf((OBJECTS[plural] ?? []) as ListedObject[], query);
  });
  return server.estate();
}

const summaryOf = ({ starts }: OtherWorkloads) =>
  starts
    .flatMap(({ workloads, image, groups }) =>
      workloads.map(
        ({ workload, container }) =>
          `${workload} ${container} ${image} ${groups.map(({ host, count }) => `${count}×${host.platform.architecture}`).join('+')}`,
      ),
    )
    .sort();

describe('all workloads of a cluster', () => {
  it('are those that stand for themselves, with the nodes that they may go to', async () => {
    const estate = await cluster();
    const others = knownValue(await estate.others!(signal));
    expect(summaryOf(others)).toEqual([
      'cronjob/nightly main r/nightly:1 2×amd64+1×arm64',
      'daemonset/agent main r/agent:1 2×amd64+1×arm64',
      'deployment/bound main r/web:1 1×arm64',
      'deployment/private main r/private:1 2×amd64+1×arm64',
      'deployment/twin main r/web:1 2×amd64+1×arm64',
      'deployment/web init r/init:1 2×amd64+1×arm64',
      'deployment/web main r/web:1 2×amd64+1×arm64',
      'job/import main r/import:1 2×amd64+1×arm64',
      'pod/bare main r/bare:1 1×arm64',
      'replicaset/lone main r/lone:1 2×amd64+1×arm64',
      'rollout/roll main r/roll:2 2×amd64+1×arm64',
      'statefulset/db main r/db:1 2×amd64+1×arm64',
      'workflow/flow main r/flow:1 2×amd64+1×arm64',
    ]);
    const web = others.starts.find(({ image, groups }) => image === 'r/web:1' && groups.length === 2);
    expect(web?.workloads.map(({ workload }) => workload)).toEqual(['deployment/web', 'deployment/twin']);
    expect(others.unseen).toEqual([]);
  });

  it('are opened with the pull secrets that admission has given their pods, each read once and only when asked', async () => {
    const estate = await cluster();
    const { starts } = knownValue(await estate.others!(signal));
    const secrets = () => server?.asked.filter(({ path }) => path.includes('/secrets/')).map(({ path }) => path);
    expect(secrets()).toEqual([]);
    const own = starts.find(({ image }) => image === 'r/private:1');
    await Promise.all([own?.images(), own?.images(), starts.find(({ image }) => image === 'r/web:1')?.images()]);
    expect(secrets()).toEqual(['/api/v1/namespaces/docs/secrets/regcred']);
  });

  it('are told without the kinds that may not be listed, which are named', async () => {
    const estate = await cluster(['statefulsets', 'cronjobs']);
    const others = knownValue(await estate.others!(signal));
    expect(others.unseen.map(({ code, message }) => [code, message])).toEqual([
      ['denied', expect.stringContaining('the verb "list" on "statefulsets" (apps)')],
      ['denied', expect.stringContaining('the verb "list" on "cronjobs" (batch)')],
    ]);
    expect(summaryOf(others)).toContain('deployment/bound main r/web:1 1×arm64');
  });

  it('cannot be told without the nodes', async () => {
    const estate = await cluster(['nodes']);
    expect(await estate.others!(signal)).toMatchObject({ kind: 'probe-failed', why: { code: 'denied' } });
  });

  it('are listed by a fixed number of requests among 2,000 pods', async () => {
    const big = await bigCluster();
    server = big.server;
    const { starts } = knownValue(await big.estate.others!(signal));
    // Pods in four pages, the nodes, and six kinds once each.
    expect(big.server.asked).toHaveLength(4 + 1 + 6);
    expect(starts).toHaveLength(1);
    expect(starts[0]?.workloads).toHaveLength(100);
  });
});
