import type { Swap, SwapBefore } from '../../../../src/ports/image-swap.ts';
import type { Engine } from '../engine.ts';
import { surveySwap } from './survey-swap.ts';
import { type Before, readAside, readBefore } from './swap-labels.ts';

/**
 * How the old container was before it is touched, for the store: neither its name nor its state tells that from the moment it
 * is told to stop until it is renamed. It cannot be renamed first: a container that waits to be restarted, as one that cannot
 * start does nearly always, has no network sandbox, and the engine refuses to rename it (Docker 20.10: "sandbox … not
 * found"). Null: both places where it stood are gone. Rejects with ProbeError.
 */
export async function rememberBefore(engine: Engine, swap: Swap, signal: AbortSignal): Promise<SwapBefore | null> {
  const { names, old, fresh } = await surveySwap(engine, swap, signal);
  // Not the old one's state: a process that died may have stopped it already.
  const before = fresh === null ? old && readAside(old, names.aside) : readBefore(fresh);
  if (before === null) return null;
  const { Name, MaximumRetryCount } = before.policy;
  return { ran: before.ran, restartPolicy: [Name || 'no', MaximumRetryCount].filter(Boolean).join(':') };
}

/** Reads what the store has remembered; null when that is nothing. */
export function recallBefore({ before }: Swap): Before | null {
  if (before === undefined) return null;
  const [name = 'no', retries] = before.restartPolicy.split(':');
  const count = Number(retries ?? 0);
  const more = Number.isSafeInteger(count) && count > 0 ? { MaximumRetryCount: count } : {};
  return { ran: before.ran, policy: { Name: name, ...more } };
}
