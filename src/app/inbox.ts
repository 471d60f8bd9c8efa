import type { Intent, IntentReply } from '../ports/application.ts';
import { StoreError } from '../ports/store-error.ts';
import { notKept } from './broken-down.ts';
import type { Deps } from './deps.ts';
import { handleAgain } from './handle-again.ts';
import { createHandling } from './handle-alone.ts';

/** What comes in, kept until it is handled: a process that dies in between is followed by another one. */
export interface Inbox {
  /**
   * Handles an intent, once however often it comes. `received` is called as soon as it is kept, also when it was before.
   * Never rejects.
   */
  take(intent: Intent, received?: () => void): Promise<IntentReply>;
  /** Begins to look for what processes that are gone have left. */
  start(): void;
  /** Resolves when no more is begun. */
  stop(): Promise<void>;
}

/**
 * `handle` is done again when its process died in the middle, so that twice has to be as good as once. `storeFailed` is called
 * when the store did not take something.
 */
export function createInbox(
  deps: Deps,
  handle: (intent: Intent) => Promise<IntentReply>,
  storeFailed: () => void,
  signal: AbortSignal,
): Inbox {
  const handling = createHandling(deps, handle, storeFailed, signal);
  let looking: Promise<void> | null = null;
  return {
    async take(intent, received) {
      const { chat } = intent.conversation;
      const key = `delivery:${chat}:${intent.delivery}`;
      try {
        const isNew = await keep(deps, key, intent);
        received?.();
        if (!isNew) return { kind: 'again' };
      } catch (error) {
        if (error instanceof StoreError) storeFailed();
        return notKept(deps, intent, error);
      }
      let reply: IntentReply = { kind: 'nothing' };
      await handling.alone(key, async () => {
        reply = await handling.deal(key, intent);
      });
      return reply;
    },
    start() {
      looking ??= handleAgain(deps, handling, signal);
    },
    async stop() {
      await looking;
    },
  };
}

/** Stores it without secrets that somebody typed. Who waits at a terminal would start a command anew: that is not kept. */
async function keep({ journal, clock, redact }: Deps, key: string, intent: Intent): Promise<boolean> {
  if (intent.conversation.chat === 'cli') return journal.claim(key, clock.now());
  return journal.receive(key, redacted(intent, redact), clock.now());
}

/** Ids and hashes stay as they are: they are what a press is known by. */
function redacted(intent: Intent, redact: Deps['redact']): Intent {
  const { what } = intent;
  if (what.kind === 'command') return { ...intent, what: { ...what, text: redact(what.text) } };
  const { press, said } = what;
  const typed = press.action === 'command' ? { ...press, subject: redact(press.subject) } : press;
  return { ...intent, what: { ...what, press: typed, ...(said === undefined ? {} : { said: redact(said) }) } };
}
