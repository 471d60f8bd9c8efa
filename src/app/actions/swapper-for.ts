import type { InstancePlan } from '../../approval/plan.ts';
import { estateOf } from '../../playbook/place.ts';
import type { ImageSwapper } from '../../ports/image-swap.ts';
import type { Deps } from '../deps.ts';

/** Who carries out a plan of this kind at its place; undefined when nothing may be changed there, or not in this way. */
export function swapperFor(
  deps: Pick<Deps, 'swappers'>,
  { where, proposed }: Pick<InstancePlan, 'where' | 'proposed'>,
): ImageSwapper | undefined {
  const swapper = deps.swappers.get(estateOf(where));
  return proposed.damagedLayer === undefined ? swapper : swapper?.renewal;
}
