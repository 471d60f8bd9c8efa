import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { Engine } from '../engine.ts';
import { removeContainer } from './container-verbs.ts';
import { surveySwap, swapFailure } from './survey-swap.ts';
import { isAside } from './swap-labels.ts';

/** Removes the old container, and none of its volumes: the new one uses them. Rejects with ProbeError. */
export async function finishSwap(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const { names, old, fresh } = await surveySwap(engine, swap, signal);
  if (fresh === null || fresh.Name !== `/${names.service}`) {
    const message = `the new container does not stand as ${names.service}: the old one was not removed`;
    throw swapFailure(engine, 'conflict', message);
  }
  if (old === null) return 'The old container was removed already.';
  if (!isAside(old, names.aside) || old.State?.Running) {
    const message = `the old container (${old.Name.slice(1)}) was taken into use by somebody: it was not removed`;
    throw swapFailure(engine, 'conflict', message);
  }
  await removeContainer(engine, old, signal);
  return `Removed the old container ${old.Name.slice(1)}; its volumes stay.`;
}
