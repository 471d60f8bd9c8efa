import { describePlan } from '../approval/describe-plan.ts';
import { STEP_IDS } from '../playbook/finding.ts';
import { type ActionState, isPending, type RunState } from '../run/run-state.ts';
import type { Card, CardPart } from './card.ts';
import { capital, describePlaces, formatTime, STATUS_WORD } from './words.ts';

/** The parent message: the state of the run in one look, replaced in place as it goes on, with the way to the run's page. */
export function parentCard(state: RunState, permalink: string | null): Card {
  const status = stateOf(state);
  const parts: CardPart[] = [{ kind: 'text', text: status.text }];
  if (!state.verdict) parts.push({ kind: 'note', text: progress(state) });
  parts.push({
    kind: 'note',
    text: `${describePlaces(state)} · asked by ${state.by.name} · ${formatTime(state.openedAt)} · run ${state.run}`,
  });
  for (const { during, goesOn, at } of state.interruptions) {
    parts.push({
      kind: 'note',
      text: `Interrupted during ${during} (seen ${formatTime(at)}); ${goesOn ? 'it goes on' : 'it ends here'}.`,
    });
  }
  return {
    tone: status.tone,
    title: `${state.target}: ${status.word}`,
    practice: state.practice,
    parts,
    buttons: [],
    ...(permalink === null ? {} : { link: { label: 'The run’s page: timeline, evidence, approvals', url: permalink } }),
    fallback: `${state.target}: ${status.word}. ${status.text}`,
  };
}

interface Status {
  readonly tone: Card['tone'];
  readonly word: string;
  readonly text: string;
}

function stateOf(state: RunState): Status {
  if (state.failure) return { tone: 'unknown', word: 'run failed', text: state.failure.message };
  const action = state.actions.findLast((candidate) => candidate.started || candidate.finished || isPending(candidate));
  if (action) return actionStatus(action, state);
  if (!state.verdict) return { tone: 'working', word: 'investigating', text: 'Running the playbook.' };
  const { verdict } = state.verdict;
  const tone = verdict.outcome === 'runs' ? 'ok' : verdict.outcome === 'inconclusive' ? 'unknown' : 'problem';
  const word =
    verdict.outcome === 'runs'
      ? 'runs'
      : verdict.outcome === 'inconclusive'
        ? 'inconclusive'
        : (verdict.fault ?? 'will not run');
  return { tone, word, text: verdict.summary };
}

function actionStatus({ plan, build, finished, started }: ActionState, state: RunState): Status {
  const { noun, doing, done } = describePlan(plan);
  const summary = state.verdict?.verdict.summary ?? '';
  if (!finished && !started)
    return { tone: 'decision', word: 'waiting for approval', text: `${summary} A ${noun} is proposed.` };
  if (!finished) {
    const on = build?.runner ? ` On ${build.runner}: ${build.said}.` : '';
    return { tone: 'working', word: doing.split(' ').slice(0, 2).join(' '), text: `${capital(doing)}.${on}` };
  }
  if (finished.outcome !== 'succeeded') return { tone: 'problem', word: finished.outcome, text: finished.detail };
  if (plan.kind === 'rebuild')
    return { tone: 'decision', word: 'rebuilt, not deployed yet', text: `${done} ${finished.detail}` };
  return { tone: 'ok', word: 'recovered', text: `${done} ${finished.detail}` };
}

function progress(state: RunState): string {
  return STEP_IDS.map((id) => {
    const done = state.steps.find(({ step }) => step.id === id);
    return `${id}: ${done ? STATUS_WORD[done.step.status] : '…'}`;
  }).join(' · ');
}
