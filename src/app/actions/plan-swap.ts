import type { InstancePlan } from '../../approval/plan.ts';
import { pulledDigest, repositoryOf } from '../../playbook/instance-evidence.ts';
import { describePlace, estateOf } from '../../playbook/place.ts';
import type { Remedy } from '../../playbook/verdict.ts';
import type { Deps } from '../deps.ts';
import { swapOf } from './swap-of.ts';

/** What every plan has before it is known what it does. */
export type PlanFrame = Omit<InstancePlan, 'hash' | 'kind' | 'current' | 'proposed' | 'calls'>;

/** A plan that gives an instance another image, or its image other nodes; a sentence when that must not be done from here. */
export async function planSwap(
  deps: Deps,
  frame: PlanFrame,
  kind: InstancePlan['kind'],
  remedy: Remedy,
  signal: AbortSignal,
): Promise<Omit<InstancePlan, 'hash'> | string> {
  const { digest, image, platform, knownAs, nodeSelector } = remedy;
  if (!digest || !image || !platform) return 'This remedy names no digest: it cannot be carried out from here.';
  const swapper = deps.swappers.get(estateOf(frame.where));
  if (!swapper) return `${estateOf(frame.where)} may not be changed from here.`;
  const current = await lookAt(deps, frame.where, signal);
  if (typeof current === 'string') return current;
  const proposed = {
    reference: image,
    digest,
    platform,
    knownAs: knownAs ?? null,
    ...(nodeSelector && { nodeSelector }),
  };
  const plan = { ...frame, kind, current, proposed, calls: [] };
  const swap = swapOf(plan);
  const objection = await swapper.objection?.(swap, signal);
  if (objection?.kind === 'probe-failed') return objection.why.message;
  return objection?.value ?? { ...plan, calls: swapper.calls(swap) };
}

/** The instance as it stands, for the plan's precondition; a sentence when it cannot be seen. */
async function lookAt(
  deps: Deps,
  where: InstancePlan['where'],
  signal: AbortSignal,
): Promise<InstancePlan['current'] | string> {
  const estate = deps.estates.get(estateOf(where));
  if (!estate) return `${estateOf(where)} is not configured any more.`;
  const instance = await estate.inspect(where, signal);
  if (instance.kind === 'probe-failed')
    return `${describePlace(where)} cannot be inspected now: ${instance.why.message}`;
  const { id, imageId, imageReference } = instance.value;
  const image = await estate.localImage(where, imageId, signal);
  const digest = image.kind === 'known' ? pulledDigest(image.value, repositoryOf(imageReference)) : null;
  return { instanceId: id, imageId, reference: imageReference, digest };
}
