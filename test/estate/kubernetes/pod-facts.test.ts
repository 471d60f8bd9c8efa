import { describe, expect, it } from 'vitest';
import { imageOf, publishedReference } from '../../../adapters/estate/kubernetes/container-image.ts';
import type { ContainerSpec, NodeDocument, PodDocument } from '../../../adapters/estate/kubernetes/documents.ts';
import type { FoundWorkload } from '../../../adapters/estate/kubernetes/find-workloads.ts';
import { identityOf, instanceFacts } from '../../../adapters/estate/kubernetes/inspect-instance.ts';
import { nodeFacts } from '../../../adapters/estate/kubernetes/node-facts.ts';
import { ownerOf } from '../../../adapters/estate/kubernetes/ownership.ts';
import type { ImageConfig } from '../../../src/image/config.ts';
import { failed, known, ProbeError } from '../../../src/playbook/answer.ts';

const place = {
  kind: 'kubernetes',
  cluster: 'prod',
  namespace: 'docs',
  workload: 'deployment/web',
  pod: 'web-1',
  container: 'web',
  node: '',
} as const;

const config: ImageConfig = {
  platform: { os: 'linux', architecture: 'amd64', variant: null },
  entrypoint: ['/app/web'],
  cmd: ['serve'],
  workingDir: '/app',
  user: 'web',
  path: '/app/bin:/bin',
  createdAt: null,
  labels: {},
  build: { source: null, revision: null, version: null, createdAt: null, baseName: null, baseDigest: null },
  history: [],
};

function factsOf(
  spec: ContainerSpec,
  pod: PodDocument = {},
  image = known(config) as Parameters<typeof instanceFacts>[3],
) {
  const whole: PodDocument = { metadata: { name: 'web-1', namespace: 'docs', uid: 'u' }, ...pod };
  const container = { role: 'app', spec: { name: 'web', image: 'r/web:1', ...spec }, status: null } as const;
  return instanceFacts(place, { pod: whole, container }, null, image);
}

describe('what a container executes', () => {
  it.each([
    [{}, ['/app/web', 'serve']],
    [{ args: ['check'] }, ['/app/web', 'check']],
    [{ command: ['/bin/sh'] }, ['/bin/sh']],
    [{ command: ['/bin/sh'], args: ['-c', 'x'] }, ['/bin/sh', '-c', 'x']],
  ])('follows the rules of Kubernetes: %j', (spec, argv) => {
    expect(factsOf(spec).argv).toEqual(argv);
  });

  it('is the image’s where the pod says nothing, else the pod’s', () => {
    expect(factsOf({})).toMatchObject({ path: '/app/bin:/bin', workingDir: '/app', user: 'web' });
    const own = { workingDir: '/w', env: [{ name: 'PATH', value: '/x' }], securityContext: { runAsUser: 7 } };
    expect(factsOf(own, { spec: { securityContext: { runAsUser: 1, runAsGroup: 2 } } })).toMatchObject({
      path: '/x',
      workingDir: '/w',
      user: '7:2',
    });
  });

  it('is unknown when it stands in an image that cannot be read', () => {
    const unread = failed('denied', 'registry', 'no.');
    expect(factsOf({}, {}, unread)).toMatchObject({ argv: [], argvUnknown: { code: 'denied' } });
    const said = factsOf({ command: ['/x'] }, {}, unread);
    expect(said.argv).toEqual(['/x']);
    expect(said.argvUnknown).toBeUndefined();
  });

  it('names the kinds of its volumes', () => {
    const pod = {
      spec: {
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'c', configMap: {} },
        ],
      },
    };
    const volumeMounts = [
      { name: 'v', mountPath: '/v' },
      { name: 'c', mountPath: '/c', readOnly: true },
    ];
    expect(factsOf({ volumeMounts }, pod).mounts).toEqual([
      { kind: 'emptyDir', destination: '/v', readOnly: false, noexec: false },
      { kind: 'configMap', destination: '/c', readOnly: true, noexec: false },
    ]);
  });
});

describe('how a container fares', () => {
  const stateOf = (status: object, pod: PodDocument = {}, spec: ContainerSpec = {}) => {
    const container = { role: 'app', spec: { name: 'web', ...spec }, status: { name: 'web', ...status } } as const;
    return instanceFacts(place, { pod, container }, null, known(config)).state;
  };
  const terminated = { exitCode: 128, reason: 'StartError', message: 'exec: "/x": permission denied: unknown' };

  it('keeps the runtime’s words of a container that could not be started', () => {
    const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' };
    expect(stateOf({ state: { waiting }, lastState: { terminated }, restartCount: 3 })).toMatchObject({
      status: 'CrashLoopBackOff',
      exitCode: 128,
      error: terminated.message,
      restartCount: 3,
    });
  });

  it('leaves out how long the kubelet waits, and keeps why an image was not pulled', () => {
    const backOff = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' };
    expect(stateOf({ state: { waiting: backOff } }).error).toBe('');
    const pull = { reason: 'ErrImagePull', message: 'no match for platform in manifest: not found' };
    expect(stateOf({ state: { waiting: pull } }).error).toBe(pull.message);
  });

  it('tells the scheduler’s words when it came to no node', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }];
    const container = { role: 'app', spec: { name: 'web' }, status: null } as const;
    const { state } = instanceFacts(place, { pod: { status: { conditions } }, container }, null, known(config));
    expect(state).toMatchObject({ status: 'Unschedulable', error: '0/3 nodes are available' });
  });

  it('is healthy by its readiness only when it has a probe', () => {
    const state = { running: { startedAt: 't' } };
    expect(stateOf({ state, ready: false }).health).toBeNull();
    expect(stateOf({ state, ready: false }, {}, { readinessProbe: {} }).health).toBe('unhealthy');
    expect(stateOf({ state, ready: true }, {}, { readinessProbe: {} }).health).toBe('healthy');
  });

  it('hides the environment’s values in what the runtime wrote', () => {
    const spec = { env: [{ name: 'KEY', value: 'canary-1234' }] };
    const lost = { ...terminated, message: 'bad value canary-1234' };
    expect(stateOf({ state: { terminated: lost } }, {}, spec).error).toBe('bad value [value of KEY]');
  });
});

describe('an image', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const of = (imageID: string, image = 'r/web:1') => imageOf({ role: 'app', spec: { image }, status: { imageID } });

  it.each([`r/web@${digest}`, `docker-pullable://r/web@${digest}`])('is known by its digest: %s', (imageID) => {
    expect(of(imageID)).toEqual({ reference: 'r/web:1', imageId: `r/web@${digest}`, digest });
    expect(publishedReference(of(imageID))).toBe(`r/web@${digest}`);
  });

  it('that was built on the node, or never pulled, has none', () => {
    expect(of(`docker://${digest}`).digest).toBeNull();
    expect(publishedReference(of(''))).toBe('r/web:1');
  });
});

describe('a node', () => {
  const node = (more: Partial<NodeDocument>, info: object = {}): NodeDocument => ({
    metadata: { name: 'n1' },
    status: { nodeInfo: { architecture: 'arm64', operatingSystem: 'linux', kernelVersion: '6.1.0', ...info } },
    ...more,
  });

  it('whose labels contradict its kubelet is believed by its kubelet, and it is said', () => {
    const facts = nodeFacts(
      'c',
      node({ metadata: { name: 'n1', labels: { 'kubernetes.io/arch': 'amd64' } } }),
      undefined,
    );
    expect(facts.platform.architecture).toBe('arm64');
    expect(facts.remarks?.join()).toContain('kubernetes.io/arch=amd64 contradicts the kubelet, which reports arm64');
  });

  it('that does not say what it is is known by its labels, else not at all', () => {
    const labels = { 'kubernetes.io/arch': 's390x', 'kubernetes.io/os': 'linux' };
    expect(nodeFacts('c', { metadata: { labels } }, undefined).platform.architecture).toBe('s390x');
    expect(() => nodeFacts('c', {}, undefined)).toThrow(ProbeError);
  });

  it.each([
    ['5.14.0-427.el9.aarch64+64k', 65_536],
    ['6.8.0-1013-nvidia-64k', 65_536],
    ['6.6.20+rpt-rpi-2712-16k', 16_384],
    ['6.1.0-40-arm64', null],
  ])('with the kernel %s has pages of %s', (kernelVersion, pageSize) => {
    expect(nodeFacts('c', node({}, { kernelVersion }), undefined).kernel.pageSize).toBe(pageSize);
  });

  it('that is cordoned or unwell says so', () => {
    const unwell = node({ spec: { unschedulable: true } });
    const status = { ...unwell.status, conditions: [{ type: 'Ready', status: 'Unknown', message: 'no news' }] };
    expect(nodeFacts('c', { ...unwell, status }, 'gvisor')).toMatchObject({
      remarks: ['The node is not ready: no news.', 'The node is cordoned.'],
      runtime: 'runtime class gvisor',
    });
  });
});

describe('who owns a workload', () => {
  it.each([
    [{ annotations: { 'argocd.argoproj.io/tracking-id': 'docs:apps/Deployment:x/y' } }, 'Argo CD application "docs"'],
    [{ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'Flux Kustomization "apps"'],
    [{ annotations: { 'meta.helm.sh/release-name': 'docs' } }, 'Helm release "docs"'],
    [{ ownerReferences: [{ kind: 'Widget', name: 'w', controller: true }] }, 'Widget "w"'],
    [{ managedFields: [{ manager: 'argocd-controller' }] }, 'Argo CD'],
    [{ managedFields: [{ manager: 'kubectl-client-side-apply' }] }, undefined],
  ])('%j', (metadata, who) => {
    expect(ownerOf(metadata)?.who).toBe(who);
  });
});

describe('an approval', () => {
  const workload = (replicas: number, image: string): FoundWorkload => ({
    kind: 'deployment',
    namespace: 'docs',
    name: 'web',
    document: {
      metadata: { uid: 'u' },
      spec: { replicas, template: { spec: { containers: [{ name: 'web', image }] } } },
    },
  });

  it('outlives scaling and no other change', () => {
    expect(identityOf({}, workload(1, 'a'))).toBe(identityOf({}, workload(5, 'a')));
    expect(identityOf({}, workload(1, 'a'))).not.toBe(identityOf({}, workload(1, 'b')));
    expect(identityOf({ metadata: { uid: 'pod' } }, null)).toBe('pod');
  });
});
