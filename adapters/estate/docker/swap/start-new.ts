import type { Swap } from '../../../../src/ports/image-swap.ts';
import { timeOrNull } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { startContainer } from './container-verbs.ts';
import { surveySwap, swapFailure } from './survey-swap.ts';

/** Starts the new container under the service's name, once. Rejects with ProbeError. */
export async function startNew(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const { names, old, fresh } = await surveySwap(engine, swap, signal);
  if (fresh === null || fresh.Name !== `/${names.service}`) {
    throw swapFailure(
      engine,
      'conflict',
      `the new container does not have the name ${names.service}: put the old one back`,
    );
  }
  if (old?.State?.Running) {
    throw swapFailure(
      engine,
      'conflict',
      'the old container was started again by somebody: both would run; look at it',
    );
  }
  // One that ended since is verification's business: starting it again would hide it.
  if (timeOrNull(fresh.State?.StartedAt) !== null) return `Container ${names.service} was started already.`;
  await startContainer(engine, fresh, signal);
  return `Started ${names.service} from ${swap.image}.`;
}
