import type { RebuildPlan } from '../../approval/plan.ts';
import type { RebuildRequest } from '../../ports/rebuilds.ts';

/** The build that a plan means. Its key begins with the run, and is the plan's own: started again, it is found. */
export function rebuildRequest({ id, run, build }: Pick<RebuildPlan, 'id' | 'run' | 'build'>): RebuildRequest {
  const { project, ref, job, runner } = build;
  return { key: `${run}-${id}`.replace(/[^\w-]/g, '-'), project, ref, job, runner };
}
