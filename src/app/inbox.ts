import type { Intent, IntentReply } from '../ports/application.ts';
import type { StoredIntent } from '../ports/journal.ts';
import { privateCard } from '../view/private-card.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { holdLease } from './hold-lease.ts';
import { tellPerson } from './tell-person.ts';

/** What was received by a process that is gone is handled after about this long. Milliseconds. */
const LOOK_MS = 3_000;
/** What is younger is with the process that received it. Milliseconds. */
const YOUNG_MS = 2_000;
/** What ended so many processes is not tried in another one. */
const MOST_TRIES = 5;

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

/** `handle` is done again when its process died in the middle, so that twice has to be as good as once. */
export function createInbox(deps: Deps, handle: (intent: Intent) => Promise<IntentReply>, signal: AbortSignal): Inbox {
  const { journal, clock, log } = deps;
  /** A lease does not tell two calls of one process apart. */
  const underWay = new Set<string>();
  let looking: Promise<void> | null = null;

  /** Undone, for another process, when this one is stopped in the middle. */
  const deal = async (key: string, intent: Intent): Promise<IntentReply> => {
    const reply = await handle(intent).catch((error: unknown) => {
      if (signal.aborted) return NOTHING;
      return brokenDown(deps, intent, error);
    });
    if (signal.aborted) return NOTHING;
    await journal
      .handled(key)
      .catch((error: unknown) => log.warn({ error: describeError(error) }, 'an intent will be handled once more'));
    return reply;
  };

  /** Does it if no other process does, and nothing else meanwhile. */
  const alone = async (key: string, work: () => Promise<void>): Promise<void> => {
    if (underWay.has(key)) return;
    underWay.add(key);
    try {
      await holdLease(deps, `handle ${key}`, work);
    } catch (error) {
      log.warn({ error: describeError(error) }, 'an intent could not be handled now; it is tried again');
    } finally {
      underWay.delete(key);
    }
  };

  const again = ({ key, intent, at }: StoredIntent): Promise<void> =>
    alone(key, async () => {
      // Listed before the lease was taken: it may be done by now.
      const left = await journal.unhandled(clock.now());
      if (!left.some((one) => one.key === key)) return;
      if (!(await mayTry(deps, key))) return journal.handled(key);
      log.info({ chat: intent.conversation.chat, by: intent.by.id }, 'what a process that is gone received is handled');
      const reply = await deal(key, { ...intent, receivedAt: at.toISOString() });
      if (reply.kind === 'private') await tellPerson(deps, intent.by, intent.conversation, reply.card);
    });

  const look = async (): Promise<void> => {
    const left = await journal.unhandled(new Date(clock.now().getTime() - YOUNG_MS));
    const ours = left.filter(({ intent: { conversation } }) => isServed(deps, conversation.chat));
    const presses = ours.filter(({ intent }) => intent.what.kind === 'press');
    // In their order; a command may take a minute, and none depends on another.
    const inOrder = async () => {
      for (const press of presses) if (!signal.aborted) await again(press);
    };
    await Promise.all([inOrder(), ...ours.filter((one) => !presses.includes(one)).map(again)]);
  };

  const lookAgain = async (): Promise<void> => {
    while (!signal.aborted) {
      await look().catch((error: unknown) =>
        log.warn({ error: describeError(error) }, 'what was received could not be looked for; it is tried again'),
      );
      await clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  };

  return {
    async take(intent, received) {
      const key = `delivery:${intent.conversation.chat}:${intent.delivery}`;
      try {
        const isNew = await keep(deps, key, intent);
        received?.();
        if (!isNew) return { kind: 'again' };
      } catch (error) {
        log.error({ chat: intent.conversation.chat, error: describeError(error) }, 'an intent could not be received');
        return NOT_RECEIVED;
      }
      let reply: IntentReply = NOTHING;
      await alone(key, async () => {
        reply = await deal(key, intent);
      });
      return reply;
    },
    start() {
      looking ??= lookAgain();
    },
    async stop() {
      await looking;
    },
  };
}

const NOTHING: IntentReply = { kind: 'nothing' };

const NOT_RECEIVED: IntentReply = {
  kind: 'private',
  card: privateCard(
    'execfmt could not take this',
    'Its store does not answer. Nothing was done; please try again in a minute.',
  ),
};

/** The page is served by every process that stays; a chat by those that are connected to it. */
const isServed = ({ chats }: Deps, chat: string) => chat === 'web' || chats.some(({ kind }) => kind === chat);

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

/** An intent that ends the process which handles it must not end one after the other. */
async function mayTry({ journal, clock, log }: Deps, key: string): Promise<boolean> {
  for (let tried = 1; tried <= MOST_TRIES; tried += 1) {
    if (await journal.claim(`tried ${tried}: ${key}`, clock.now())) return true;
  }
  log.error({ key, tries: MOST_TRIES }, 'an intent ended every process that handled it, and is given up');
  return false;
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
