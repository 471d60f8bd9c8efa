import type { InstancePlan } from '../../approval/plan.ts';
import type { Swap } from '../../ports/image-swap.ts';

/** The swap that a plan means, and nothing else. */
export function swapOf({ id, where, current, proposed }: Omit<InstancePlan, 'hash'>): Swap {
  return {
    id,
    where,
    instanceId: current.instanceId,
    imageId: current.imageId,
    image: proposed.reference,
    platform: proposed.platform,
    ...(proposed.damagedLayer !== undefined && { damagedLayer: proposed.damagedLayer }),
    ...(proposed.nodeSelector && { nodeSelector: proposed.nodeSelector }),
  };
}
