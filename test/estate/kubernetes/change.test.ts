import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createKubernetesSwapper } from '../../../adapters/estate/kubernetes/change/image-swapper.ts';
import { refuseChange } from '../../../adapters/estate/kubernetes/change/refuse-change.ts';
import type { TemplateChange } from '../../../adapters/estate/kubernetes/change/template-change.ts';
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

const platform: { os: string; architecture: string; variant: null } = {
  os: 'linux',
  architecture: 'amd64',
  variant: null,
};
const images = { open: async () => known({ config: { platform } }) } as unknown as ImageSource;

const labelled = (architecture: string, at: number) => ({
  metadata: { name: `n${at}`, labels: { 'kubernetes.io/arch': architecture } },
  status: { nodeInfo: { architecture, operatingSystem: 'linux' } },
});

let server: FakeApiServer | null = null;
afterEach(() => server?.close());

/** A pod, with the image that its container was made from; without a container when that is empty. */
const podOf = (imageID: string) => ({
  metadata: { name: 'web-1', uid: 'p', ownerReferences: [] },
  spec: { containers: [{ name: 'web', image: 'r/web:3' }] },
  status: { containerStatuses: imageID === '' ? [] : [{ name: 'web', imageID }] },
});

/** A Deployment whose status is written between any look and the patch that follows, some times. */
async function busyCluster(writes: number, patched: (request: AskedOf) => object = () => ({})) {
  let left = writes;
  const standing: { pod: object | null } = { pod: null };
  const nodes: object[] = ['amd64', 'arm64', 'arm64'].map(labelled);
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
    if (standing.pod && request.path.endsWith('/pods/web-1')) return { body: standing.pod };
    if (request.path.endsWith('/nodes')) return { body: { items: nodes } };
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
  return { swapper, swap, nodes, standing };
}

describe('what was approved', () => {
  it.each([
    ['is the same while its pod is made anew', '', 'known'],
    ['is another one when the tag was pulled again', `r/web@sha256:${'4'.repeat(64)}`, 'probe-failed'],
  ])('%s', async (_, imageId, kind) => {
    const { swapper, swap, standing } = await busyCluster(0);
    standing.pod = podOf(`r/web@sha256:${'3'.repeat(64)}`);
    const current = knownValue(await swapper.current(where, signal));
    expect(current.imageId).toBe(`r/web@sha256:${'3'.repeat(64)}`);
    standing.pod = podOf(imageId);
    expect(await swapper.phases[0]!.run({ ...swap, ...current }, signal)).toMatchObject({ kind });
  });
});

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

describe('a node selector', () => {
  const scheduled = async (architecture: string, nodes?: readonly object[]) => {
    const bodies: unknown[] = [];
    const cluster = await busyCluster(0, (request) => {
      bodies.push(JSON.parse(request.body));
      return {};
    });
    if (nodes) cluster.nodes.splice(0, cluster.nodes.length, ...nodes);
    const nodeSelector = { 'kubernetes.io/arch': architecture };
    const swap: Swap = { ...cluster.swap, image: 'r/web:3', platform: `linux/${architecture}`, nodeSelector };
    return { ...cluster, swap, bodies };
  };

  it('is set in place of an image, with what was there before beside it', async () => {
    const { swapper, swap, bodies } = await scheduled('amd64');
    expect(knownValue(await swapper.phases[1]!.run(swap, signal))).toBe(
      'deployment/web has the node selector kubernetes.io/arch=amd64 for its pods now.',
    );
    expect(bodies).toEqual([
      {
        metadata: {
          resourceVersion: '7',
          annotations: {
            'execfmt.swap': 'p-1',
            'execfmt.previous-image': null,
            'execfmt.previous-node-selector': '{"kubernetes.io/arch":null}',
          },
        },
        spec: { template: { spec: { nodeSelector: { 'kubernetes.io/arch': 'amd64' } } } },
      },
      expect.anything(),
    ]);
  });

  it('is shown as a policy to be removed', async () => {
    const { swapper, swap } = await scheduled('amd64');
    const calls = swapper.calls(swap).join('\n');
    expect(calls).toContain(
      `kubectl -n docs patch deployment/web --patch '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/arch":"amd64"}}}}}'`,
    );
    expect(calls).toContain(
      `To be removed once the image is right: kubectl -n docs patch deployment/web --patch '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/arch":null}}}}}'`,
    );
    expect(calls).not.toContain('set image');
  });

  it.each([
    ['no node is left', 's390x', undefined, 'none of the 3 nodes of linux/s390x'],
    [
      'labels contradict the kubelets',
      'amd64',
      [
        labelled('amd64', 1),
        { ...labelled('arm64', 2), metadata: { name: 'n2', labels: { 'kubernetes.io/arch': 'amd64' } } },
      ],
      'their labels contradict their kubelets',
    ],
  ])('is refused when %s', async (_, architecture, nodes, words) => {
    platform.architecture = architecture;
    const { swapper, swap, bodies } = await scheduled(architecture, nodes);
    const answer = await swapper.phases[1]!.run(swap, signal);
    platform.architecture = 'amd64';
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { message: expect.stringContaining(words) } });
    expect(bodies).toEqual([]);
  });
});

describe('a change is refused, with what to do instead, for', () => {
  const workload = (kind: string, spec: object = {}, metadata: object = {}): FoundWorkload => ({
    kind,
    namespace: 'docs',
    name: 'web',
    document: { metadata, spec },
  });
  const image = { kind: 'image', container: 'web', image: NEW } as const;
  const refusal = (one: FoundWorkload | null, at = 'deployment/web') =>
    refuseChange(one, { ...where, workload: at }, image);

  it.each([
    ['a custom resource', null, 'nothing here would roll a change out'],
    ['a paused roll-out', workload('deployment', { paused: true }), 'kubectl -n docs rollout resume deployment/web'],
    [
      'pods that are replaced by hand',
      workload('statefulset', { updateStrategy: { type: 'OnDelete' } }),
      'delete the pods',
    ],
    ['a Job', workload('job'), 'delete it and create it anew'],
    ['a CronJob', workload('cronjob'), 'its next run will have it'],
    ['a ReplicaSet', workload('replicaset'), 'then delete its pods'],
    [
      'a Helm release',
      workload('deployment', {}, { annotations: { 'meta.helm.sh/release-name': 'docs' } }),
      'Helm release "docs"',
    ],
  ])('%s', (_, one, words) => {
    const refused = refusal(one, one === null ? 'kafka/docs' : 'deployment/web');
    expect(refused?.why).toContain(words);
    expect(refused?.why).toContain(NEW);
  });

  it('what is no workload that is rolled out from here', () => {
    expect(refusal(null, 'pod/web-1')).toMatchObject({ why: expect.stringContaining('create it again'), patch: null });
    expect(refusal(null, 'rollout/web')).toEqual({
      why: expect.stringContaining(`kubectl argo rollouts -n docs set image web web=${NEW}`),
      patch: `images:\n  - name: r/web\n    digest: sha256:${'2'.repeat(64)}`,
    });
  });

  it('nothing else', () => {
    for (const kind of ['deployment', 'statefulset', 'daemonset']) expect(refusal(workload(kind))).toBeNull();
  });
});

describe('the change to commit', () => {
  const init = { template: { spec: { initContainers: [{ name: 'web' }] } } };
  const argo = { labels: { 'argocd.argoproj.io/instance': 'docs' } };
  const workload = (kind: string, spec: object, metadata: object): FoundWorkload => ({
    kind,
    namespace: 'docs',
    name: 'web',
    document: { metadata, spec },
  });
  const image = { kind: 'image', container: 'web', image: NEW } as const;
  const patchOf = (one: FoundWorkload, change: TemplateChange = image) => refuseChange(one, where, change)?.patch ?? '';

  it('is a strategic merge patch for what Argo CD or Flux apply, and for what is paused', () => {
    for (const one of [
      workload('deployment', {}, argo),
      workload('deployment', {}, { labels: { 'kustomize.toolkit.fluxcd.io/name': 'docs' } }),
      workload('deployment', { paused: true }, {}),
    ]) {
      expect(patchOf(one).split('\n')).toEqual([
        'apiVersion: apps/v1',
        'kind: Deployment',
        'metadata:',
        '  name: web',
        '  namespace: docs',
        'spec:',
        '  template:',
        '    spec:',
        '      containers:',
        '        - name: web',
        `          image: ${NEW}`,
      ]);
    }
  });

  it('reaches init containers, the template of a CronJob, and node selectors', () => {
    expect(parse(patchOf(workload('deployment', init, argo))).spec.template.spec).toEqual({
      initContainers: [{ name: 'web', image: NEW }],
    });
    expect(parse(patchOf(workload('cronjob', {}, argo)))).toEqual({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'web', namespace: 'docs' },
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'web', image: NEW }] } } } } },
    });
    const labels = { 'kubernetes.io/arch': 'amd64', pool: 'true', level: '3', zone: null };
    const selector = patchOf(workload('deployment', {}, argo), { kind: 'node-selector', labels });
    expect(parse(selector).spec.template.spec).toEqual({ nodeSelector: labels });
  });

  it('is a hint for the values of what Helm applies', () => {
    for (const metadata of [
      { annotations: { 'meta.helm.sh/release-name': 'docs' } },
      { labels: { 'helm.toolkit.fluxcd.io/name': 'docs' } },
    ]) {
      const one = workload('deployment', {}, metadata);
      expect(refuseChange(one, where, image)?.why).toContain('In the values of the chart, as most charts name them:');
      expect(parse(patchOf(one))).toEqual({ image: { repository: 'r/web', digest: `sha256:${'2'.repeat(64)}` } });
    }
  });

  it('is not known for what a controller makes from an object of its own', () => {
    const ownerReferences = [{ kind: 'Kafka', name: 'k', controller: true }];
    expect(refuseChange(workload('deployment', {}, { ownerReferences }), where, image)).toMatchObject({
      why: expect.stringContaining('Kafka "k"'),
      patch: null,
    });
  });
});
