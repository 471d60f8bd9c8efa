import { describe, expect, it } from 'vitest';
import type { PodDocument } from '../../../adapters/estate/kubernetes/documents.ts';
import { pickPlaces } from '../../../adapters/estate/kubernetes/pick-places.ts';
import { containersOf } from '../../../adapters/estate/kubernetes/pod-containers.ts';
import { podGlimpse } from '../../../adapters/estate/kubernetes/pod-glimpse.ts';
import { readName } from '../../../adapters/estate/kubernetes/read-name.ts';
import { whyNoPods } from '../../../adapters/estate/kubernetes/why-no-pods.ts';

describe('names', () => {
  it.each([
    ['web', { namespace: null, kind: null, name: 'web' }],
    ['sts/web', { namespace: null, kind: 'statefulset', name: 'web' }],
    ['docs/web', { namespace: 'docs', kind: null, name: 'web' }],
    ['docs/Deployment/web', { namespace: 'docs', kind: 'deployment', name: 'web' }],
    ['rollout/web', { namespace: null, kind: 'rollout', name: 'web' }],
    ['a/b/c', null],
    ['a/b/c/d', null],
    ['web?x=1', null],
    ['../web', null],
    ['', null],
    ['constructor/web', { namespace: 'constructor', kind: null, name: 'web' }],
  ])('%s', (text, wanted) => {
    expect(readName(text)).toEqual(wanted);
  });
});

describe('the containers that are shown', () => {
  const running = { running: { startedAt: 't' } };
  const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
  const pod = (name: string, spec: object, status: object, nodeName = 'n'): PodDocument => ({
    metadata: { name, namespace: 'docs', creationTimestamp: name },
    spec: { nodeName, ...spec },
    status,
  });
  const shown = (pods: readonly PodDocument[], platformOf = (node: string) => node) => {
    const glimpses = pods.flatMap((one) => podGlimpse(one) ?? []);
    return pickPlaces('prod', [{ workload: 'deployment/web', pods: glimpses }], platformOf).map(
      (one) => `${one.pod}/${one.container}`,
    );
  };

  it('are the failing ones: init, sidecar or ephemeral, and not those that wait for them', () => {
    const spec = {
      initContainers: [{ name: 'init' }, { name: 'proxy', restartPolicy: 'Always' }],
      containers: [{ name: 'web' }],
      ephemeralContainers: [{ name: 'debug' }],
    };
    const stuck = pod('a', spec, {
      initContainerStatuses: [{ name: 'init', state: waiting }],
      containerStatuses: [{ name: 'web', state: { waiting: { reason: 'PodInitializing' } } }],
    });
    expect(containersOf(stuck).map(({ role }) => role)).toEqual(['init', 'sidecar', 'app', 'ephemeral']);
    expect(shown([stuck])).toEqual(['a/init', 'a/proxy', 'a/debug']);
  });

  it('are the newest of those that are alike, and the healthy copies of what fails elsewhere', () => {
    const spec = { containers: [{ name: 'web' }, { name: 'log' }] };
    const fine = {
      containerStatuses: [
        { name: 'web', ready: true, state: running },
        { name: 'log', ready: true, state: running },
      ],
    };
    const bad = {
      containerStatuses: [
        { name: 'web', state: waiting },
        { name: 'log', ready: true, state: running },
      ],
    };
    const pods = [pod('1', spec, bad, 'arm'), pod('2', spec, bad, 'arm'), pod('3', spec, fine, 'amd')];
    expect(shown(pods)).toEqual(['2/web', '3/web']);
    expect(shown([pods[2]!])).toEqual(['3/web', '3/log']);
  });

  it('are at most twelve', () => {
    const pods = Array.from({ length: 40 }, (_, at) =>
      pod(
        `p${at}`,
        { containers: [{ name: 'web', image: `r:${at}` }] },
        { containerStatuses: [{ name: 'web', state: waiting }] },
      ),
    );
    expect(shown(pods)).toHaveLength(12);
  });
});

describe('a workload without pods', () => {
  it.each([
    ['deployment', { spec: { replicas: 0 } }, 'it is scaled to 0 replicas'],
    ['cronjob', { spec: { suspend: true } }, 'it is suspended'],
    [
      'deployment',
      { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] } },
      'exceeded quota',
    ],
    ['daemonset', { status: { desiredNumberScheduled: 0 } }, 'no node fits its nodeSelector and tolerations'],
    ['deployment', {}, 'kubectl -n docs describe deployment web'],
  ])('%s says why: %j', (kind, document, words) => {
    expect(whyNoPods({ kind, namespace: 'docs', name: 'web', document })).toContain(words);
  });
});
