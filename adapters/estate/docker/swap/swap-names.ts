import type { Swap } from '../../../../src/ports/image-swap.ts';
import { SET_ASIDE_MARK } from '../find-instances.ts';

/** The names that take part in a swap. `service` is the one that belongs to the old or the new container. */
export interface SwapNames {
  readonly service: string;
  /** What the old container's name begins with while the new one has the service's name; how it was comes after it. */
  readonly aside: string;
  /** Of the new container before it gets the service's name. */
  readonly fresh: string;
}

/** Names as Docker allows them ([a-zA-Z0-9][a-zA-Z0-9_.-]+), all told by the swap alone. */
export function namesOf(swap: Swap): SwapNames {
  if (swap.where.kind !== 'docker') throw new Error('a swap elsewhere was asked of a Docker engine');
  const service = swap.where.container;
  return {
    service,
    aside: `${service}${SET_ASIDE_MARK}${swap.id}`,
    fresh: `${service}${SET_ASIDE_MARK}new-${swap.id}`,
  };
}
