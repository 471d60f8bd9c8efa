import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { Engine } from '../engine.ts';
import { renameContainer, setRestartPolicy, stopContainer } from './container-verbs.ts';
import { surveySwap, swapFailure } from './survey-swap.ts';
import { asideName, isAside, readBefore } from './swap-labels.ts';

/**
 * Stops the old container, for good, and gives its name to the new one. Its restart policy is taken away: with `always` it
 * would come back beside the new one when the engine restarts. Only once it is stopped: the update of a container that
 * dies just then fails (Docker 20.10, "cannot update a stopped container"). Rejects with ProbeError.
 */
export async function setAside(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const { names, old, fresh } = await surveySwap(engine, swap, signal);
  if (fresh === null) {
    throw swapFailure(engine, 'conflict', `the new container is not there: ${names.service} was left as it is`);
  }
  if (old === null) {
    if (fresh.Name === `/${names.service}`) return 'The old container was removed already.';
    throw swapFailure(engine, 'conflict', `the container ${names.service} that was approved is gone: diagnose again`);
  }
  const known = old.Name === `/${names.service}` || isAside(old, names.aside);
  if (!known || old.Image !== swap.imageId) {
    throw swapFailure(engine, 'conflict', `${names.service} is not what was approved any more: diagnose again`);
  }
  await stopContainer(engine, old, signal);
  await setRestartPolicy(engine, old, { Name: 'no' }, signal);
  const aside = asideName(names.aside, readBefore(fresh));
  await renameContainer(engine, old, aside, signal);
  await renameContainer(engine, fresh, names.service, signal);
  return `Stopped the old container and kept it as ${aside}.`;
}
