import { formatPlatform, type Platform, parsePlatform, samePlatform } from '../../../../src/image/platform.ts';
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
    platform: spelling(platform, swap.platform),
    imageId: fresh.Image,
  };
}

/** As the swap writes it when both mean the same: `linux/arm64/v8` and `linux/arm64` do. */
function spelling(platform: Platform, wanted: string): string {
  const other = parsePlatform(wanted);
  const same = other !== null && samePlatform(platform, other);
  const contradicts = same && platform.variant !== null && other.variant !== null && platform.variant !== other.variant;
  return same && !contradicts ? wanted : formatPlatform(platform);
}
