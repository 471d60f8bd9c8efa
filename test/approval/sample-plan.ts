import type { InstancePlan, RebuildPlan } from '../../src/approval/plan.ts';

const BASE = {
  ...{ id: 'p-1', run: 'r-7k2m9x', service: 'pdf-renderer', proof: 'It starts there.', calls: ['POST /x'] },
  where: { kind: 'docker', host: 'render-01', container: 'pdf-renderer' },
  ...{
    policy: 'production',
    requestedBy: { id: 'slack:U1', name: 'anna' },
    expiresAt: '2026-11-21T08:00:00Z',
    hash: '',
  },
} as const;
const [OLD, NEW] = [`sha256:${'3'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];

/** A plan that gives an instance another image. */
export function instancePlan(set: Partial<InstancePlan> = {}): InstancePlan {
  const current = { instanceId: 'c0ffee', imageId: 'sha256:id', reference: 'registry.corp.io/x:v3', digest: OLD };
  const proposed = { reference: `registry.corp.io/x@${NEW}`, digest: NEW, platform: 'linux/amd64', knownAs: 'v2' };
  return { ...BASE, kind: 'rollback-to-digest', current, proposed, ...set };
}

/** A plan that builds an image anew. */
export function rebuildPlan(set: Partial<RebuildPlan> = {}): RebuildPlan {
  const build = { ci: 'corp-gitlab', project: 'docs/x', ref: 'main', job: 'build', runner: 'amd64' };
  const current = { reference: 'registry.corp.io/x:v3', digest: OLD };
  return { ...BASE, kind: 'rebuild', current, build, platform: 'linux/amd64', ...set };
}
