import type { Intent, IntentReply } from '../ports/application.ts';
import { privateCard } from '../view/private-card.ts';
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
      const reply = await handle(intent).catch((error: unknown) =>
        signal.aborted ? NOTHING : brokenDown(deps, intent, error),
      );
      if (signal.aborted) return NOTHING;
      await journal
        .handled(key)
        .catch((error: unknown) => log.warn({ error: describeError(error) }, 'an intent will be handled once more'));
      return reply;
    },
  };
}

function brokenDown(deps: Deps, intent: Intent, error: unknown): IntentReply {
  deps.log.error({ chat: intent.conversation.chat, error: describeError(error) }, 'an intent could not be handled');
  return {
    kind: 'private',
    card: privateCard(
      'Something broke',
      'execfmt could not handle this; the log says why. Try again, and tell its operator.',
    ),
  };
}
