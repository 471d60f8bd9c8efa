import type { ActionPlan, InstancePlan, RebuildPlan } from '../../approval/plan.ts';
import { type Answer, failed, known } from '../../playbook/answer.ts';
import { describePlace, estateOf } from '../../playbook/place.ts';
import type { Deps } from '../deps.ts';

/**
 * What is not any more as it was when a plan was proposed, in a sentence; null when nothing moved. Fails when it cannot be
 * seen: then nobody may say that it is the same.
 */
export function whatMoved(deps: Deps, plan: ActionPlan, signal: AbortSignal): Promise<Answer<string | null>> {
  return plan.kind === 'rebuild' ? tagMoved(deps, plan, signal) : instanceMoved(deps, plan, signal);
}

async function instanceMoved(deps: Deps, { where, current }: InstancePlan, signal: AbortSignal) {
  const swapper = deps.swappers.get(estateOf(where));
  if (!swapper) return failed('denied', estateOf(where), 'it may not be changed from here any more');
  const now = await swapper.current(where, signal);
  if (now.kind === 'probe-failed') return now;
  const { instanceId, imageId } = now.value;
  const place = describePlace(where);
  if (instanceId !== current.instanceId)
    return known(`${place} is another one than was approved: ${short(current.instanceId)} → ${short(instanceId)}.`);
  // Before its image was told (a pod that is made anew) nothing contradicts the plan.
  if (imageId !== '' && imageId !== current.imageId)
    return known(`${place} has another image: ${short(current.imageId)} → ${short(imageId)}.`);
  return known(null);
}

async function tagMoved({ images }: Deps, { current }: RebuildPlan, signal: AbortSignal) {
  const { reference, digest } = current;
  const published = await images.resolve(reference, signal);
  if (published.kind === 'probe-failed' && published.why.code !== 'not-found') return published;
  const now = published.kind === 'known' ? published.value.digest : null;
  if (now === digest) return known(null);
  const name = (one: string | null) => (one === null ? 'nothing' : short(one));
  return known(`${reference} points to something else: ${name(digest)} → ${name(now)}.`);
}

/** Enough of an id or digest to tell two apart. */
function short(id: string): string {
  return id.replace(/([0-9a-f]{12})[0-9a-f]{52}/g, '$1…') || 'none';
}
