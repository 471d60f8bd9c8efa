import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../../../src/ports/log.ts';
import { asStoreError, mayPass } from './store-error.ts';

/** A restart of the server takes seconds, a failover less than a minute; a call waits so long for it. Milliseconds. */
const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 50;
const LAST_WAIT_MS = 1_000;

/**
 * Repeats a call while the server or the way to it is gone. `work` may run several times, also when an earlier time was done
 * and only its answer was lost. Throws StoreError.
 */
export type Patience = <T>(work: () => Promise<T>) => Promise<T>;

/** Calls that wait for the store end with `stopped`. */
export function createPatience(place: string, log: Log, stopped: AbortSignal): Patience {
  return async (work) => {
    const end = performance.now() + PATIENCE_MS;
    for (let pause = FIRST_WAIT_MS; ; pause = Math.min(pause * 2, LAST_WAIT_MS)) {
      try {
        return await work();
      } catch (error) {
        if (!mayPass(error) || stopped.aborted || performance.now() > end) throw asStoreError(error, place);
        log.debug({ error: String(error) }, 'the store does not answer; it is tried again');
        await wait(pause, undefined, { signal: stopped }).catch(() => undefined);
      }
    }
  };
}
