import { type ActionState, isPending, type RunState } from '../run/run-state.ts';
import type { Card, CardPart } from './card.ts';
import { parentCard } from './parent-card.ts';
import { commandButton } from './private-card.ts';
import { formatAge, formatTime } from './words.ts';

const CHATS = { slack: 'Slack', teams: 'Teams', web: 'the page', cli: 'a terminal' } as const;
/** Runs that are told one by one; the rest are counted. */
const SHOWN = 10;

/** The runs under way and what each waits for, then how the latest ended. Runs are newest first. */
export function statusCard(open: readonly RunState[], latest: readonly RunState[], now: Date): Card {
  const waiting = open.filter((state) => state.actions.some(isPending)).length;
  const text =
    open.length === 0
      ? 'Nothing is under way.'
      : `${open.length} ${open.length === 1 ? 'run is' : 'runs are'} under way; ${waiting === 0 ? 'none waits' : `${waiting} ${waiting === 1 ? 'waits' : 'wait'}`} for approval.`;
  const more = open.length - SHOWN;
  const parts: CardPart[] = [{ kind: 'text', text }];
  if (open.length > 0) {
    const items = open.slice(0, SHOWN).map((state) => describeOpen(state, now));
    parts.push({ kind: 'list', ordered: false, items: more > 0 ? [...items, `and ${more} more`] : items });
  }
  if (latest.length > 0) {
    parts.push({ kind: 'text', text: 'Before that:' });
    parts.push({ kind: 'list', ordered: false, items: latest.map((state) => describeEnded(state, now)) });
  }
  return {
    tone: waiting > 0 ? 'decision' : open.length > 0 ? 'working' : 'ok',
    title: 'Status',
    practice: false,
    parts,
    buttons: [commandButton('/execfmt list', 'List')],
    fallback: [text, ...open.slice(0, SHOWN).map((state) => describeOpen(state, now))].join(' '),
  };
}

function describeOpen(state: RunState, now: Date): string {
  const pending = state.actions.filter(isPending).map((action) => ` ${describeWaiting(action)}`);
  const asked = `asked by ${state.by.name} in ${CHATS[state.conversation.chat]} ${formatAge(state.openedAt, now)} ago`;
  return `${parentCard(state, null).title} · run ${state.run} · ${asked}.${pending.join('')}`;
}

function describeWaiting({ plan, approvals, approvedBy }: ActionState): string {
  const given = `${approvedBy.length} of ${approvals.required}`;
  return `Waits for approval (${given}) by ${approvals.approvers.join(', ')} until ${formatTime(plan.expiresAt)}.`;
}

const describeEnded = (state: RunState, now: Date) =>
  `${parentCard(state, null).title} · run ${state.run} · ${formatAge(state.openedAt, now)} ago`;
