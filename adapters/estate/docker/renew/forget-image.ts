import { ProbeError } from '../../../../src/playbook/answer.ts';
import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { Engine } from '../engine.ts';
import { readImageDocument } from '../local-images.ts';
import { finishSwap } from '../swap/finish-swap.ts';
import type { RegistryAuthFor } from '../swap/pull-image.ts';
import { surveySwap, swapFailure } from '../swap/survey-swap.ts';
import { removeImage } from './carrier-image.ts';
import { findCarrier } from './find-carrier.ts';
import { mustBeInRegistry } from './has-in-registry.ts';
import { containersOf, whyLayerStays } from './stands-on-layer.ts';

/**
 * Removes the container that stands on the damaged image: from here on its settings are the carrier's alone. Only when the
 * host can get the image at this moment, and nothing else stands on the layer. Rejects with ProbeError.
 */
export async function letGo(
  engine: Engine,
  authFor: RegistryAuthFor,
  swap: Swap,
  signal: AbortSignal,
): Promise<string> {
  const { toCarrier, old } = await findCarrier(engine, swap, signal);
  if (old !== null) {
    const stays = await whyLayerStays(engine, swap, signal);
    if (stays !== null) throw swapFailure(engine, 'conflict', stays);
    await mustBeInRegistry(engine, authFor, swap, signal);
  }
  return finishSwap(engine, toCarrier, signal);
}

/**
 * Removes the damaged image with all its names on the host, so that the pull fetches its layers. In another attempt it may
 * have been pulled by a person meanwhile: then it stays where the registry does not answer. Rejects with ProbeError.
 */
export async function forgetImage(
  engine: Engine,
  authFor: RegistryAuthFor,
  swap: Swap,
  signal: AbortSignal,
): Promise<string> {
  const { fromCarrier, carrier, again } = await findCarrier(engine, swap, signal);
  const { fresh } = await surveySwap(engine, fromCarrier, signal);
  if (fresh !== null) return 'The image was removed and pulled again already.';
  if (carrier === null) throw swapFailure(engine, 'conflict', 'what carries the settings is gone: nothing was removed');
  const there = await readImageDocument(engine, again ? swap.image : swap.imageId, signal);
  if (there === null) return 'The damaged image is not on the host any more.';
  const users = await containersOf(engine, [there.Id], null, signal);
  if (users.length > 0) {
    const message = `${users.join(', ')} was made from the damaged image meanwhile: it was not removed`;
    throw swapFailure(engine, 'conflict', message);
  }
  try {
    await mustBeInRegistry(engine, authFor, swap, signal);
  } catch (error) {
    if (again && error instanceof ProbeError) return `Kept ${swap.image} as it is on the host: ${error.why.message}.`;
    throw error;
  }
  await removeImage(engine, there.Id, signal);
  return `Removed the damaged image from the host (${there.Id.slice(0, 19)}).`;
}
