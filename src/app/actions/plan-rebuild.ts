import type { RebuildPlan } from '../../approval/plan.ts';
import { describePlace, estateOf } from '../../playbook/place.ts';
import type { Remedy } from '../../playbook/verdict.ts';
import type { Deps, Service } from '../deps.ts';
import { type PlanFrame, type Refusal, refused } from './plan-swap.ts';
import { rebuildRequest } from './rebuild-request.ts';

/** A plan that builds a service's image anew; a refusal when it cannot be started from here. */
export async function planRebuild(
  deps: Deps,
  frame: PlanFrame,
  { name, rebuild }: Service,
  { platform }: Remedy,
  signal: AbortSignal,
): Promise<Omit<RebuildPlan, 'hash'> | Refusal> {
  if (!rebuild)
    return refused(`No CI server is configured for ${name}: set \`rebuild\` for it, or start the build by hand.`);
  const rebuilds = deps.rebuilds.get(rebuild.ci);
  if (!rebuilds) return refused(`Nothing may be started on ${rebuild.ci} from here.`);
  const instance = await deps.estates.get(estateOf(frame.where))?.inspect(frame.where, signal);
  if (!instance || !platform) return refused(`${estateOf(frame.where)} is not configured any more.`);
  if (instance.kind === 'probe-failed')
    return refused(`${describePlace(frame.where)} cannot be inspected now: ${instance.why.message}`);
  const reference = instance.value.imageReference;
  if (reference.includes('@'))
    return refused(
      `${describePlace(frame.where)} is pinned to ${reference}: a build would push a tag that it does not look at. Build it there, and set the new digest.`,
    );
  const published = await deps.images.resolve(reference, signal);
  if (published.kind === 'probe-failed' && published.why.code !== 'not-found')
    return refused(
      `What ${reference} points to cannot be read, so nobody could tell what a build changes: ${published.why.message}`,
    );
  const current = { reference, digest: published.kind === 'known' ? published.value.digest : null };
  const { ci, project, ref, job, runner } = rebuild;
  const plan = { ...frame, kind: 'rebuild', current, build: { ci, project, ref, job, runner }, platform } as const;
  return { ...plan, calls: rebuilds.calls(rebuildRequest(plan)) };
}
