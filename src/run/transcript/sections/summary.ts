import { describePlace } from '../../../playbook/place.ts';
import type { RunState } from '../../run-state.ts';
import { facts, type Section } from '../document.ts';
import { formatUtc, namePerson, type Subject, since } from '../subject.ts';
import { tellActionOutcome, tellPlan } from '../tell-plan.ts';

/** The head of a transcript: what, where, when, who, and the chain. */
export function summarySection(subject: Subject): Section {
  const { state, head, events } = subject;
  const told: [string, string][] = [
    ['Target', `${state.target}${state.on === null ? '' : ` on ${state.on}`}`],
    ['Where', state.places.map(describePlace).join('; ') || 'no instance was found'],
    ['Outcome', outcomeOf(state)],
    ['Asked', `${formatUtc(state.openedAt)} by ${namePerson(state.by)}`],
    ...timesOf(subject),
    ['Run', state.run],
    ['Chain head', `${head} (${events.length} events)`],
  ];
  return { id: 'summary', title: 'Summary', blocks: [facts(...told)] };
}

/** What came of a run, in a sentence. */
export function outcomeOf(state: RunState): string {
  if (state.failure) return `The run could not be finished: ${state.failure.message}`;
  const summary = state.verdict?.verdict.summary ?? 'The diagnosis has not ended.';
  const action = state.actions.at(-1);
  if (!action) return summary;
  const told = capital(`${tellPlan(action.plan).what} ${tellActionOutcome(action)}`);
  return action.finished ? told : `${told}. ${summary}`;
}

const capital = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

function timesOf(subject: Subject): [string, string][] {
  const { state } = subject;
  const action = state.actions.at(-1);
  const approved = action?.approvedBy.at(-1)?.at;
  const moments: [string, string | undefined][] = [
    ['Diagnosed', state.verdict?.at],
    ['Proposed', action?.proposedAt],
    ['Approved', approved],
    [action?.finished?.outcome === 'succeeded' ? 'Recovered' : 'Ended', action?.finished?.at],
  ];
  return moments.flatMap(([label, at]) =>
    at === undefined ? [] : [[label, `${formatUtc(at)}, ${since(subject, at)} after the command`] as [string, string]],
  );
}
