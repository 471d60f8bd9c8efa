import type { StoredIntent } from '../ports/journal.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import type { Handling } from './handle-alone.ts';
import { tellPerson } from './tell-person.ts';

/** What was received by a process that is gone is handled after about this long. Milliseconds. */
const LOOK_MS = 3_000;
/** What is younger is with the process that received it. Milliseconds. */
const YOUNG_MS = 2_000;
/** What ended so many processes is not tried in another one. */
const MOST_TRIES = 5;

/** Looks again and again for what processes that are gone have left, until the signal aborts. Never rejects. */
export async function handleAgain(deps: Deps, handling: Handling, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps;
  while (!signal.aborted) {
    await look(deps, handling, signal).catch((error: unknown) =>
      log.warn({ error: describeError(error) }, 'what was received could not be looked for; it is tried again'),
    );
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

async function look(deps: Deps, handling: Handling, signal: AbortSignal): Promise<void> {
  const left = await deps.journal.unhandled(new Date(deps.clock.now().getTime() - YOUNG_MS));
  const ours = left.filter(({ intent: { conversation } }) => isServed(deps, conversation.chat));
  const presses = ours.filter(({ intent }) => intent.what.kind === 'press');
  // In their order; a command may take a minute, and none depends on another.
  const inOrder = async () => {
    for (const press of presses) if (!signal.aborted) await again(deps, handling, press);
  };
  const commands = ours.filter(({ intent }) => intent.what.kind === 'command');
  await Promise.all([inOrder(), ...commands.map((command) => again(deps, handling, command))]);
}

function again(deps: Deps, { alone, deal }: Handling, { key, intent, at }: StoredIntent): Promise<void> {
  const { journal, clock, log } = deps;
  return alone(key, async () => {
    // Listed before the lease was taken: it may be done by now.
    const left = await journal.unhandled(clock.now());
    if (!left.some((one) => one.key === key)) return;
    if (!(await mayTry(deps, key))) return journal.handled(key);
    log.info({ chat: intent.conversation.chat, by: intent.by.id }, 'what a process that is gone received is handled');
    const reply = await deal(key, { ...intent, receivedAt: at.toISOString() });
    if (reply.kind === 'private') await tellPerson(deps, intent.by, intent.conversation, reply.card);
  });
}

/** The page is served by every process that stays; a chat by those that are connected to it. */
const isServed = ({ chats }: Deps, chat: string) => chat === 'web' || chats.some(({ kind }) => kind === chat);

/** An intent that ends the process which handles it must not end one after the other. */
async function mayTry({ journal, clock, log }: Deps, key: string): Promise<boolean> {
  for (let tried = 1; tried <= MOST_TRIES; tried += 1) {
    if (await journal.claim(`tried ${tried}: ${key}`, clock.now())) return true;
  }
  log.error({ key, tries: MOST_TRIES }, 'an intent ended every process that handled it, and is given up');
  return false;
}
