import { formatPlatform } from '../../../../src/image/platform.ts';
import type { Swap, SwapObservation } from '../../../../src/ports/image-swap.ts';
import type { Engine } from '../engine.ts';
import { instanceState } from '../inspect-instance.ts';
import { readLocalImage } from '../local-images.ts';
import { surveySwap, swapFailure } from './survey-swap.ts';

/** How the new container fares. Rejects with ProbeError. */
export async function observeSwap(engine: Engine, swap: Swap, signal: AbortSignal): Promise<SwapObservation> {
  const { names, fresh } = await surveySwap(engine, swap, signal);
  if (fresh === null) {
    throw swapFailure(engine, 'not-found', `the new container of ${names.service} is gone: somebody removed it`);
  }
  const { platform } = await readLocalImage(engine, fresh.Image, signal);
  const state = instanceState(fresh);
  return {
    running: Boolean(fresh.State?.Running && !fresh.State.Restarting),
    restartCount: state.restartCount,
    status: state.status,
    exitCode: state.exitCode,
    startedAt: state.startedAt,
    health: state.health,
    platform: formatPlatform(platform),
    imageId: fresh.Image,
  };
}
