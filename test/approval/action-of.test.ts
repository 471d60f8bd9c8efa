import { describe, expect, it } from 'vitest';
import { actionOf } from '../../src/approval/action-of.ts';
import type { Place } from '../../src/playbook/place.ts';
import type { Remedy } from '../../src/playbook/verdict.ts';

const DOCKER = { kind: 'docker', host: 'render-01', container: 'x' } as const;
const CLUSTER: Place = {
  kind: 'kubernetes',
  cluster: 'prod',
  namespace: 'docs',
  workload: 'deployment/x',
  pod: 'x-1',
  container: 'x',
  node: 'n-1',
};
const WHOLE = { digest: 'sha256:2', image: 'x@sha256:2', platform: 'linux/amd64', fit: 'fixes', because: '' } as const;
const NODES = { nodeSelector: { 'kubernetes.io/arch': 'arm64' } };

describe('what can be carried out of a remedy', () => {
  it.each([
    ['rollback-to-digest', DOCKER, {}, 'rollback-to-digest'],
    ['rollback-to-digest', CLUSTER, {}, 'rollback-to-digest'],
    ['pull-platform', DOCKER, {}, 'pull-platform'],
    ['pull-platform', CLUSTER, {}, null],
    ['repull', DOCKER, {}, 'repull'],
    ['repull', CLUSTER, {}, null],
    ['rebuild', DOCKER, {}, 'deploy-digest'],
    ['schedule-to-arch', CLUSTER, NODES, 'schedule-to-arch'],
    ['schedule-to-arch', CLUSTER, {}, null],
    ['enable-emulation', DOCKER, NODES, null],
    ['fix-file', DOCKER, NODES, null],
    ['replace-node', CLUSTER, NODES, null],
  ] as const)('%s at %j with %j: %s', (kind, where, more, action) =>
    expect(actionOf({ ...WHOLE, kind, where, ...more })).toBe(action),
  );

  it('is nothing where it would not help, or nowhere', () => {
    expect(actionOf({ ...WHOLE, kind: 'rollback-to-digest', where: DOCKER, fit: 'useless' })).toBeNull();
    expect(actionOf({ ...WHOLE, kind: 'rollback-to-digest' })).toBeNull();
    expect(actionOf({ ...WHOLE, kind: 'rollback-to-digest', where: DOCKER, fit: 'mitigates' })).toBe(
      'rollback-to-digest',
    );
  });

  it.each(['digest', 'image', 'platform'] as const)(
    'needs the %s, but for a build that has yet to be made',
    (missing) => {
      const without = (kind: Remedy['kind'], where: Remedy['where'] = DOCKER): Remedy => {
        const { [missing]: _, ...rest } = WHOLE;
        return { kind, ...rest, ...NODES, ...(where && { where }) };
      };
      for (const kind of ['rollback-to-digest', 'pull-platform', 'repull'] as const)
        expect(actionOf(without(kind)), kind).toBeNull();
      expect(actionOf(without('schedule-to-arch', CLUSTER))).toBeNull();
      expect(actionOf(without('rebuild'))).toBe(missing === 'platform' ? null : 'rebuild');
    },
  );
});
