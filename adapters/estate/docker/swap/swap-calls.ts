import type { Swap } from '../../../../src/ports/image-swap.ts';
import { SWAP_LABEL } from './swap-labels.ts';
import { namesOf } from './swap-names.ts';

/** The swap as commands that a person would type, in order. Settings are not spelt out: they hold environment values. */
export function swapCalls(swap: Swap): readonly string[] {
  const { service, aside, fresh } = namesOf(swap);
  return [
    `docker pull --platform ${swap.platform} ${swap.image}`,
    `docker create --name ${fresh} --label ${SWAP_LABEL}=${swap.id} (same settings as ${service}) ${swap.image}`,
    `docker stop ${service}`,
    `docker update --restart no ${service}`,
    `docker rename ${service} ${aside}.(how it was)`,
    `docker rename ${fresh} ${service}`,
    `docker start ${service}`,
    `docker rm ${aside}.(how it was)   (after verification; its volumes stay)`,
  ];
}
