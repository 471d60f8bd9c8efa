import { ProbeError } from '../../../../src/playbook/answer.ts';
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
import { readAside, readBefore } from './swap-labels.ts';
import type { SwapNames } from './swap-names.ts';

/**
 * Puts the old container back as it was, whatever phase was reached. The new one is removed last, because its labels say
 * how the old one was; and only the one that this swap made. Rejects with ProbeError.
 */
export async function putBack(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const { names, old, fresh } = await surveySwap(engine, swap, signal);
  if (old === null) throw gone(engine, names, fresh);
  const before = fresh === null ? readAside(old, names.aside) : readBefore(fresh);
  if (before === null) return untouched(engine, old, names);
  if (fresh !== null) {
    await stopContainer(engine, fresh, signal);
    await setRestartPolicy(engine, fresh, { Name: 'no' }, signal);
    await renameContainer(engine, fresh, names.fresh, signal);
  }
  await renameContainer(engine, old, names.service, signal);
  await setRestartPolicy(engine, old, before.policy, signal);
  if (before.ran) await startOld(engine, old, names.service, signal);
  if (fresh !== null) await removeContainer(engine, fresh, signal);
  return `The old ${names.service} is back as it was${before.ran ? ', and was started' : ', stopped'}.`;
}

/** What became of the service is in the hands of whoever removed it; the new container still has its settings. */
function gone(engine: Engine, names: SwapNames, fresh: ContainerDocument | null): ProbeError {
  const left =
    fresh === null
      ? 'and neither is the new one'
      : `the new one, with its settings, is there as ${fresh.Name.slice(1)}: start it, or remove it if the service was set up elsewhere`;
  const message = `somebody removed the old container of ${names.service}, so it cannot be put back; ${left}`;
  return swapFailure(engine, 'not-found', message);
}

/** Nothing was begun, or all is back; unless somebody has given it another name. */
function untouched(engine: Engine, old: ContainerDocument, names: SwapNames): string {
  if (old.Name === `/${names.service}`) return `The old ${names.service} stands as it was.`;
  throw swapFailure(engine, 'conflict', `the old container was renamed to ${old.Name.slice(1)}: it was left alone`);
}

/** It has everything else back by then; what keeps it from starting (its port is taken) is for a person to remove. */
async function startOld(engine: Engine, old: ContainerDocument, service: string, signal: AbortSignal): Promise<void> {
  try {
    await startContainer(engine, old, signal);
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const message = `the old ${service} has its name and restart policy back, but does not start: ${error.why.message} Remove the cause, then: docker start ${service}`;
    throw swapFailure(engine, error.why.code, message);
  }
}
