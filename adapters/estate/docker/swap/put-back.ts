import { ProbeError } from '../../../../src/playbook/answer.ts';
import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerDocument } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { readContainerById } from '../read-container.ts';
import {
  removeContainer,
  renameContainer,
  setRestartPolicy,
  startContainer,
  stopContainer,
} from './container-verbs.ts';
import { type SwapSurvey, surveySwap, swapFailure } from './survey-swap.ts';
import { type Before, readAside, readBefore } from './swap-labels.ts';
import { recallBefore } from './swap-memory.ts';
import type { SwapNames } from './swap-names.ts';

/**
 * Puts the old container back as it was, whatever phase was reached. The new one is removed last, because its labels say
 * how the old one was; and only the one that this swap made. Either may be removed by somebody meanwhile. Rejects with
 * ProbeError.
 */
export async function putBack(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const { names, old, fresh } = await surveySwap(engine, swap, signal);
  if (old === null) throw gone(engine, names, fresh);
  const before = fresh === null ? beforeWithout(old, swap, names) : readBefore(fresh);
  if (before === null) return untouched(engine, old, names);
  try {
    return await restore(engine, { names, old, fresh }, before, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
    const now = await surveySwap(engine, swap, signal);
    throw now.old === null ? gone(engine, names, now.fresh) : error;
  }
}

async function restore(
  engine: Engine,
  { names, old, fresh }: SwapSurvey & { readonly old: ContainerDocument },
  before: Before,
  signal: AbortSignal,
): Promise<string> {
  if (fresh !== null) {
    await unlessGone(async () => {
      await stopContainer(engine, fresh, signal);
      await setRestartPolicy(engine, fresh, { Name: 'no' }, signal);
      await renameContainer(engine, fresh, names.fresh, signal);
    });
  }
  await renameContainer(engine, old, names.service, signal);
  await setRestartPolicy(engine, old, before.policy, signal);
  if (before.ran) await startOld(engine, old, names.service, signal);
  if (fresh !== null) {
    // Somebody may just have removed the old one: then the new one is all that there is of the service.
    if ((await readContainerById(engine, old.Id, signal)) === null) throw gone(engine, names, fresh);
    await removeContainer(engine, fresh, signal);
  }
  return `The old ${names.service} is back as it was${before.ran ? ', and was started' : ', stopped'}.`;
}

/**
 * How the old container was, when the new one is not there to tell: by the old one's name while it is set aside, and as it was
 * remembered while it has the service's. Null when this swap has not touched it, or somebody has renamed it.
 */
function beforeWithout(old: ContainerDocument, swap: Swap, names: SwapNames): Before | null {
  const aside = readAside(old, names.aside);
  return aside ?? (old.Name === `/${names.service}` ? recallBefore(swap) : null);
}

async function unlessGone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

const isGone = (error: unknown) => error instanceof ProbeError && error.why.code === 'not-found';

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
