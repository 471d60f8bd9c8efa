import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerDocument } from '../documents.ts';
import type { Engine } from '../engine.ts';
import {
  removeContainer,
  renameContainer,
  setRestartPolicy,
  startContainer,
  stopContainer,
} from './container-verbs.ts';
import { surveySwap, swapFailure } from './survey-swap.ts';
import { readBefore } from './swap-labels.ts';
import type { SwapNames } from './swap-names.ts';

/**
 * Puts the old container back as it was, whatever phase was reached. The new one is removed last, because its labels say
 * how the old one was; and only the one that this swap made. Rejects with ProbeError.
 */
export async function putBack(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const { names, old, fresh } = await surveySwap(engine, swap, signal);
  if (old === null) {
    const message = `the old container of ${names.service} is gone, so it cannot be put back: nothing was changed`;
    throw swapFailure(engine, 'not-found', message);
  }
  if (fresh === null) return withoutJournal(engine, old, names, signal);
  await stopContainer(engine, fresh, signal);
  await setRestartPolicy(engine, fresh, { Name: 'no' }, signal);
  await renameContainer(engine, fresh, names.fresh, signal);
  const before = readBefore(fresh);
  await renameContainer(engine, old, names.service, signal);
  await setRestartPolicy(engine, old, before.policy, signal);
  if (before.ran) await startContainer(engine, old, signal);
  await removeContainer(engine, fresh, signal);
  return `The old ${names.service} is back as it was${before.ran ? ', and was started' : ', stopped'}.`;
}

/** Nothing was begun, or all is back; unless somebody has removed the new container by hand. */
async function withoutJournal(
  engine: Engine,
  old: ContainerDocument,
  names: SwapNames,
  signal: AbortSignal,
): Promise<string> {
  if (old.Name === `/${names.service}`) return `The old ${names.service} stands as it was.`;
  if (old.Name !== `/${names.aside}`) {
    throw swapFailure(engine, 'conflict', `the old container was renamed to ${old.Name.slice(1)}: it was left alone`);
  }
  await renameContainer(engine, old, names.service, signal);
  await startContainer(engine, old, signal);
  return `The old ${names.service} is back and was started. Somebody had removed the new container, and with it the note of the restart policy: set it with docker update --restart.`;
}
