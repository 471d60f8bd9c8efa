import type { ActionPlan } from './plan.ts';

/** What a plan is called wherever people read of it. */
export interface PlanWords {
  /** `rollback` */
  readonly noun: string;
  /** `roll back pdf-renderer to v2`, after "to". */
  readonly deed: string;
  /** `rolling back to v2` */
  readonly doing: string;
  /** `Rolled back to v2.` */
  readonly done: string;
  /** What is there now: a reference and its digest. */
  readonly from: string;
  /** What would be there. */
  readonly to: string;
}

/** The words for one plan, with whole digests where two have to be told apart. */
export function describePlan(plan: ActionPlan): PlanWords {
  if (plan.kind === 'rebuild') return describeRebuild(plan);
  const { current, proposed } = plan;
  const name = proposed.knownAs ?? proposed.digest.slice(0, 19);
  const from = `${current.reference}\n${current.digest ?? current.imageId}`;
  const to = `${proposed.knownAs ?? proposed.reference.split('@')[0]} (${proposed.platform})\n${proposed.digest}`;
  const it = plan.service ?? 'it';
  switch (plan.kind) {
    case 'rollback-to-digest':
      return { noun: 'rollback', ...said(`roll back ${it}`, 'rolling back', 'Rolled back', ` to ${name}`), from, to };
    case 'deploy-digest':
      return { noun: 'deployment', ...said(`deploy ${it}`, 'deploying', 'Deployed', ` as rebuilt, ${name}`), from, to };
    case 'pull-platform':
      return { noun: 'pull', ...said(`pull ${it}`, 'pulling', 'Pulled', ` for ${proposed.platform}`), from, to };
    case 'repull':
      return { noun: 'pull', ...said(`pull ${it}`, 'pulling', 'Pulled', ' anew'), from, to };
    case 'schedule-to-arch': {
      const labels = Object.entries(proposed.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
      const where = ` to nodes with ${labels.join(', ')}`;
      const same = `the same image, kept${where}`;
      return { noun: 'change of its nodes', ...said(`keep ${it}`, 'keeping it', 'Kept', where), from, to: same };
    }
  }
}

function said(deed: string, doing: string, done: string, what: string): Pick<PlanWords, 'deed' | 'doing' | 'done'> {
  return { deed: `${deed}${what}`, doing: `${doing}${what}`, done: `${done}${what}.` };
}

function describeRebuild({ current, build, platform }: Extract<ActionPlan, { kind: 'rebuild' }>): PlanWords {
  const { ci, project, ref, job, runner } = build;
  const what = ` ${project} for ${platform}`;
  const from = `${current.reference}\n${current.digest ?? 'nothing is published'}`;
  const to = [
    `a new build for ${platform}`,
    `${project}${ref === null ? '' : `, ${ref}`}${job === null ? '' : `, job ${job}`} on ${ci}`,
    ...(runner === null ? [] : [`runner ${runner}`]),
  ].join('\n');
  return { noun: 'rebuild', ...said('rebuild', 'rebuilding', 'Rebuilt', what), from, to };
}
