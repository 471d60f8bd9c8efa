import { isPending, type RunState } from '../run/run-state.ts';
import { actionCard } from './action-card.ts';
import type { Card } from './card.ts';
import { parentCard } from './parent-card.ts';
import { planCard } from './plan-card.ts';
import { stepCard } from './step-card.ts';
import type { Reply, ThreadView } from './thread-view.ts';
import { verdictCard } from './verdict-card.ts';

/** A run as a thread: a pure projection of its state, the same for every chat. `permalink`: the run's page, where there is one. */
export function threadOf(state: RunState, permalink: string | null = null): ThreadView {
  const replies: Reply[] = state.steps.map(({ step, at }) => ({
    key: `step:${step.id}`,
    at,
    card: stepCard(step, state),
  }));
  if (state.verdict) replies.push({ key: 'verdict', at: state.verdict.at, card: verdictCard(state, state.verdict) });
  if (state.failure)
    replies.push({ key: 'failure', at: state.failure.at, card: failureCard(state, state.failure.message) });
  for (const action of state.actions) {
    replies.push({ key: `plan:${action.plan.id}`, at: action.proposedAt, card: planCard(state, action) });
    const begun = action.phases[0]?.at ?? action.finished?.at;
    if (begun) replies.push({ key: `action:${action.plan.id}`, at: begun, card: actionCard(state, action) });
  }
  return {
    run: state.run,
    target: state.target,
    practice: state.practice,
    settled: isSettled(state),
    seq: state.seq,
    parent: parentCard(state, permalink),
    replies,
  };
}

/** Whether nothing goes on any more: diagnosed or failed, and no action waits or runs. */
export function isSettled(state: RunState): boolean {
  const diagnosed = state.verdict !== null || state.failure !== null;
  return (
    diagnosed && state.actions.every((action) => !isPending(action) && (!action.started || action.finished !== null))
  );
}

function failureCard(state: RunState, message: string): Card {
  return {
    tone: 'unknown',
    title: 'The run could not be finished',
    practice: state.practice,
    parts: [{ kind: 'text', text: message }],
    buttons: [
      {
        label: 'Run again',
        style: 'plain',
        press: { action: 'again', run: state.run, subject: state.target, hash: null },
        confirm: null,
      },
    ],
    fallback: `The run could not be finished: ${message}`,
  };
}
