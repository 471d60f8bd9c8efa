import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerDocument } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { readImageDocument } from '../local-images.ts';
import { surveySwap } from '../swap/survey-swap.ts';
import { carrierImage, isCarrierImage } from './carrier-image.ts';

/** A renewal as the two swaps that it is made of, as far as it has come. */
export interface Renewal {
  /** From the container on the damaged image to the carrier. */
  readonly toCarrier: Swap;
  /** From the carrier to the image that was pulled again. */
  readonly fromCarrier: Swap;
  /** The container that was approved to be replaced; null when it is gone. */
  readonly old: ContainerDocument | null;
  /** What carries the settings; null before it is made and after it is removed. */
  readonly carrier: ContainerDocument | null;
  /** What was approved is the carrier of an earlier attempt: there is only the way from there. */
  readonly again: boolean;
}

/** Looks how far a renewal has come. Rejects with ProbeError. */
export async function findCarrier(engine: Engine, swap: Swap, signal: AbortSignal): Promise<Renewal> {
  const toCarrier: Swap = { ...swap, id: `${swap.id}-c`, image: carrierImage(swap.id) };
  const { old, fresh } = await surveySwap(engine, toCarrier, signal);
  const again = old !== null && isCarrierImage(await readImageDocument(engine, old.Image, signal));
  const carrier = again ? old : fresh;
  // It has the old one's restart policy, and never ran: what is remembered of the old one must not start it.
  const before = swap.before && { before: { ...swap.before, ran: false } };
  const fromCarrier = carrier === null ? swap : { ...swap, instanceId: carrier.Id, imageId: carrier.Image, ...before };
  return { toCarrier, fromCarrier, old, carrier, again };
}
