import type { ChatError } from '../ports/chat.ts';
import type { RunState } from '../run/run-state.ts';
import type { Card } from '../view/card.ts';
import { permalinkOf } from '../view/permalink.ts';
import { threadOf } from '../view/thread.ts';
import { asideCard, undeliveredCard } from '../view/undelivered-card.ts';
import type { Deps } from './deps.ts';
import { tellPerson } from './tell-person.ts';

/** The replies that say how something ended; the rest is in the transcript. */
const OUTCOME = /^(verdict|failure|action:.+)$/;

/**
 * When a run's place takes no messages: tells the one who asked, alone, why and what to do, and later how it ended. Each is told
 * once, whatever is tried again and by which process.
 */
export async function tellAside(deps: Deps, state: RunState, { reason }: ChatError): Promise<void> {
  const { run, by, conversation } = state;
  const once = async (key: string, card: Card) => {
    if (!(await deps.journal.claim(`aside:${run}:${key}`, deps.clock.now()))) return;
    await tellPerson(deps, by, conversation, card);
  };
  await once('why', undeliveredCard(state, reason, permalinkOf(deps.publicUrl, run)));
  for (const { key, card } of threadOf(state).replies) {
    const ended = card.tone !== 'working' && OUTCOME.test(key);
    if (ended) await once(key, asideCard(state, card));
  }
}
