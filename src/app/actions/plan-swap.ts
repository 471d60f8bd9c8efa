import type { InstancePlan } from '../../approval/plan.ts';
import { pulledDigest, repositoryOf } from '../../playbook/instance-evidence.ts';
import { describePlace, estateOf } from '../../playbook/place.ts';
import type { Remedy } from '../../playbook/verdict.ts';
import type { Deps } from '../deps.ts';
import { swapOf } from './swap-of.ts';
import { swapperFor } from './swapper-for.ts';

/** What every plan has before it is known what it does. */
export type PlanFrame = Omit<InstancePlan, 'hash' | 'kind' | 'current' | 'proposed' | 'calls'>;

/** Why nothing is planned, in a sentence, and the change to be committed elsewhere in its place, where there is one. */
export interface Refusal {
  readonly refused: string;
  readonly patch: string | null;
}

export const refused = (why: string): Refusal => ({ refused: why, patch: null });

/** A plan that gives an instance another image, or its image other nodes; a refusal when that must not be done from here. */
export async function planSwap(
  deps: Deps,
  frame: PlanFrame,
  kind: InstancePlan['kind'],
  remedy: Remedy,
  signal: AbortSignal,
): Promise<Omit<InstancePlan, 'hash'> | Refusal> {
  const { digest, image, platform, knownAs, nodeSelector, damagedLayer } = remedy;
  if (!digest || !image || !platform)
    return refused('This remedy names no digest: it cannot be carried out from here.');
  const proposed = {
    reference: image,
    digest,
    platform,
    knownAs: knownAs ?? null,
    ...(damagedLayer !== undefined && { damagedLayer }),
    ...(nodeSelector && { nodeSelector }),
  };
  const swapper = swapperFor(deps, { where: frame.where, proposed });
  if (!swapper) return refused(`${estateOf(frame.where)} may not be changed from here.`);
  const current = await lookAt(deps, frame.where, signal);
  if (typeof current === 'string') return refused(current);
  const plan = { ...frame, kind, current, proposed, calls: [] };
  const swap = swapOf(plan);
  const objection = await swapper.objection?.(swap, signal);
  if (objection?.kind === 'probe-failed') return refused(objection.why.message);
  if (objection?.value) return { refused: objection.value.why, patch: objection.value.patch };
  const notes = await swapper.notes?.(swap, signal);
  if (notes?.kind === 'probe-failed') return refused(notes.why.message);
  // Comments among commands, so that both can be pasted.
  return { ...plan, calls: [...swapper.calls(swap), ...(notes?.value ?? []).map((note) => `# ${note}`)] };
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
