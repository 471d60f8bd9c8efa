import type { Intent, IntentReply } from '../ports/application.ts';
import { StoreError } from '../ports/store-error.ts';
import { brokenDown, notKept } from './broken-down.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { holdLease } from './hold-lease.ts';

/** Handles intents that are kept, each by one process at a time, and once it is done no more. */
export interface Handling {
  /** Does it if no other process does, and nothing else meanwhile. Never rejects. */
  alone(key: string, work: () => Promise<void>): Promise<void>;
  /** Handles what is kept under that key. Rejects never; what a stop broke off stays, for another process. */
  deal(key: string, intent: Intent): Promise<IntentReply>;
}

const NOTHING: IntentReply = { kind: 'nothing' };

export function createHandling(
  deps: Deps,
  handle: (intent: Intent) => Promise<IntentReply>,
  storeFailed: () => void,
  signal: AbortSignal,
): Handling {
  const { journal, log } = deps;
  /** A lease does not tell two calls of one process apart. */
  const underWay = new Set<string>();
  return {
    async alone(key, work) {
      if (underWay.has(key)) return;
      underWay.add(key);
      try {
        await holdLease(deps, `handle ${key}`, work);
      } catch (error) {
        log.warn({ error: describeError(error) }, 'an intent could not be handled now; it is tried again');
      } finally {
        underWay.delete(key);
      }
    },
    async deal(key, intent) {
      let reply: IntentReply;
      try {
        reply = await handle(intent);
      } catch (error) {
        if (signal.aborted) return NOTHING;
        // It stays kept, and is done when the store works again.
        if (error instanceof StoreError) {
          storeFailed();
          return notKept(deps, intent, error);
        }
        reply = brokenDown(deps, intent, error);
      }
      if (signal.aborted) return NOTHING;
      await journal
        .handled(key)
        .catch((error: unknown) => log.warn({ error: describeError(error) }, 'an intent will be handled once more'));
      return reply;
    },
  };
}
