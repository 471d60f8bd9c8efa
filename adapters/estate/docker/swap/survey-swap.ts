import type { ProbeError, ProbeFailureCode } from '../../../../src/playbook/answer.ts';
import { estateFailure } from '../../../../src/ports/estate-failure.ts';
import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerDocument, ContainerListing } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { readContainerById } from '../read-container.ts';
import { SWAP_LABEL } from './swap-labels.ts';
import { namesOf, type SwapNames } from './swap-names.ts';

/** How far a swap has come, as the engine shows it. Every phase begins with a look. */
export interface SwapSurvey {
  readonly names: SwapNames;
  /** The container that was approved to be replaced, by its id, whatever its name is now; null when it is gone. */
  readonly old: ContainerDocument | null;
  /** The container that this swap made, by its label, whatever its name is now; null when there is none. */
  readonly fresh: ContainerDocument | null;
}

/** Looks at both containers of a swap. Rejects with ProbeError. */
export async function surveySwap(engine: Engine, swap: Swap, signal: AbortSignal): Promise<SwapSurvey> {
  const [old, fresh] = await Promise.all([
    readContainerById(engine, swap.instanceId, signal),
    findFresh(engine, swap, signal),
  ]);
  // By a part of an id the engine would give any container that fits.
  return { names: namesOf(swap), old: old?.Id === swap.instanceId ? old : null, fresh };
}

async function findFresh(engine: Engine, swap: Swap, signal: AbortSignal): Promise<ContainerDocument | null> {
  const query = { all: '1', filters: JSON.stringify({ label: [`${SWAP_LABEL}=${swap.id}`] }) };
  const listing = await engine.json<readonly ContainerListing[]>(
    { method: 'GET', path: '/containers/json', query },
    signal,
  );
  const mine = listing.filter((container) => container.Labels?.[SWAP_LABEL] === swap.id);
  const [first, second] = mine;
  if (first === undefined) return null;
  if (second !== undefined) {
    throw swapFailure(
      engine,
      'conflict',
      `two containers carry the label ${SWAP_LABEL}=${swap.id}: remove the wrong one`,
    );
  }
  return readContainerById(engine, first.Id, signal);
}

/** A failure of a swap, with what to do next. */
export function swapFailure(engine: Engine, code: ProbeFailureCode, message: string): ProbeError {
  return estateFailure(engine.target, code, message);
}
