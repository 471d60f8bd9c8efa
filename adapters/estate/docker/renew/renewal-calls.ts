import type { Swap } from '../../../../src/ports/image-swap.ts';
import { SWAP_LABEL } from '../swap/swap-labels.ts';
import { namesOf } from '../swap/swap-names.ts';
import { carrierImage } from './carrier-image.ts';

/** A renewal as commands that a person would type, in order. */
export function renewalCalls(swap: Swap): readonly string[] {
  const { service, aside, fresh } = namesOf(swap);
  const carrier = carrierImage(swap.id);
  const toCarrier = namesOf({ ...swap, id: `${swap.id}-c` });
  return [
    `docker import - ${carrier}   (an empty archive)`,
    `docker create --name ${toCarrier.fresh} --label ${SWAP_LABEL}=${swap.id}-c (same settings as ${service}) ${carrier}`,
    `docker stop ${service}`,
    `docker update --restart no ${service}`,
    `docker rename ${service} ${toCarrier.aside}.(how it was)`,
    `docker rename ${toCarrier.fresh} ${service}`,
    `docker rm ${toCarrier.aside}.(how it was)   (when the host can get the image; its volumes stay)`,
    `docker rmi --force ${swap.imageId}`,
    `docker pull --platform ${swap.platform} ${swap.image}`,
    `docker create --name ${fresh} --label ${SWAP_LABEL}=${swap.id} (same settings as ${service}) ${swap.image}`,
    `docker rename ${service} ${aside}.(how it was)`,
    `docker rename ${fresh} ${service}`,
    `docker start ${service}`,
    `docker rm ${aside}.(how it was)   (after verification)`,
    `docker rmi ${carrier}`,
  ];
}
