import type { GoneReason } from '../run/conversation.ts';
import type { RunState } from '../run/run-state.ts';
import type { Card } from './card.ts';
import { commandButton, privateCard } from './private-card.ts';
import { transcriptCommand } from './transcript-command.ts';

const WHY: Readonly<Record<GoneReason, string>> = {
  archived: 'That channel is archived: nothing can be posted there.',
  'not-a-member': 'execfmt is not in that channel, so it cannot post there.',
  'no-threads': 'That channel takes no replies in threads: only the message that sums up can stand there.',
  restricted: 'That channel does not let execfmt post.',
};

const WHAT_TO_DO: Readonly<Record<GoneReason, string>> = {
  archived: 'Ask again in another channel if others shall see it.',
  'not-a-member': 'Invite it there with `/invite @execfmt`, then press Run again: the thread will stand there.',
  'no-threads': 'Ask again in a channel with threads if others shall see the steps or approve a rollback.',
  restricted: 'Ask again in another channel, or have its owners let apps post there.',
};

const UNKNOWN = 'The chat did not take the messages there; the log of execfmt says why.';

/** For the one who asked alone: why the thread does not stand where they asked, what to do, and that the run goes on. */
export function undeliveredCard(state: RunState, reason: GoneReason | null, permalink: string | null): Card {
  const page = permalink === null ? '' : ` Its page: ${permalink}`;
  const text = [
    reason === null ? UNKNOWN : WHY[reason],
    `The diagnosis of ${state.target} goes on all the same; what it finds is told here, to you alone.${page}`,
    reason === null ? 'Ask again in another channel if others shall see it.' : WHAT_TO_DO[reason],
  ].join('\n');
  const card = privateCard(`The thread of run ${state.run} cannot be posted`, text);
  return { ...card, practice: state.practice, buttons: [runAgain(state)] };
}

/**
 * A card of the thread for the one who asked alone. What would change something is left out: those who may approve it would not
 * see the plan.
 */
export function asideCard(state: RunState, card: Card): Card {
  return { ...card, buttons: [runAgain(state), commandButton(transcriptCommand(state.run), 'Whole transcript')] };
}

const runAgain = ({ run }: RunState) => commandButton(`/execfmt again ${run}`, 'Run again');
