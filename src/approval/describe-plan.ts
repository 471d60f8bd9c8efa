import type { ActionPlan } from './plan.ts';

/** What a plan is called wherever people read of it. */
export interface PlanWords {
  /** `rollback` */
  readonly noun: string;
  /** `roll back to v2`, after "to". */
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
  switch (plan.kind) {
    case 'rollback-to-digest':
      return words('rollback', 'roll back', 'rolling back', 'Rolled back', ` to ${name}`, from, to);
    case 'deploy-digest':
      return words('deployment', 'deploy', 'deploying', 'Deployed', ` the rebuilt ${name}`, from, to);
    case 'pull-platform':
      return words('pull', 'pull', 'pulling', 'Pulled', ` ${proposed.platform} of the tag`, from, to);
    case 'repull':
      return words('pull', 'pull', 'pulling', 'Pulled', ' the image anew', from, to);
    case 'schedule-to-arch': {
      const labels = Object.entries(proposed.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
      const where = ` to nodes with ${labels.join(', ')}`;
      return words('change of its nodes', 'keep it', 'keeping it', 'Kept', where, from, `the same image,${where}`);
    }
  }
}

function words(
  noun: string,
  deed: string,
  doing: string,
  done: string,
  what: string,
  from: string,
  to: string,
): PlanWords {
  return { noun, deed: `${deed}${what}`, doing: `${doing}${what}`, done: `${done}${what}.`, from, to };
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
  return words('rebuild', 'rebuild', 'rebuilding', 'Rebuilt', what, from, to);
}
