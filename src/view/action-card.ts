import type { ImpactReading } from '../playbook/evidence.ts';
import { describePlace } from '../playbook/place.ts';
import { formatReading } from '../playbook/steps/impact-step.ts';
import type { ActionOutcome, ActionState, RunState } from '../run/run-state.ts';
import type { Card, CardPart } from './card.ts';
import { formatDuration, formatTime } from './words.ts';

const TITLE: Readonly<Record<ActionOutcome['outcome'], string>> = {
  succeeded: 'Recovered',
  restored: 'Rollback failed; what ran before is back',
  failed: 'Rollback failed',
  refused: 'Not carried out',
};

const PHASE_MARK = { begun: '…', done: '✓', failed: '✗' } as const;

/** An approved action while it is carried out, and its outcome, with the numbers before and after. */
export function actionCard(state: RunState, action: ActionState): Card {
  const { plan, phases, finished } = action;
  const parts: CardPart[] = [
    {
      kind: 'list',
      ordered: false,
      items: phases.map(
        ({ state: phase, title, detail, at }) =>
          `${PHASE_MARK[phase]} ${formatTime(at)} ${title}${detail ? `: ${detail}` : ''}`,
      ),
    },
  ];
  if (finished) parts.unshift({ kind: 'text', text: outcomeText(finished) });
  const numbers = beforeAndAfter(state, action);
  if (numbers.length > 0) parts.push({ kind: 'facts', facts: numbers });
  return {
    tone: !finished ? 'working' : finished.outcome === 'succeeded' ? 'ok' : 'problem',
    title: finished ? `${TITLE[finished.outcome]}: ${state.target}` : `Rolling back ${describePlace(plan.where)}`,
    practice: state.practice,
    parts,
    buttons: [],
    fallback: finished
      ? `${TITLE[finished.outcome]}: ${state.target}. ${finished.detail}`
      : `Rolling back ${describePlace(plan.where)}.`,
  };
}

function outcomeText({ outcome, detail, sinceOpenedMs }: ActionOutcome): string {
  return outcome === 'succeeded'
    ? `Recovered after ${formatDuration(sinceOpenedMs)}, measured from the command. ${detail}`
    : detail;
}

/** `1,847 → 1,512 → 0`: what was read when the run was opened, and every reading since. */
function beforeAndAfter(state: RunState, action: ActionState) {
  const rows = [
    state.verdict?.impact ?? [],
    ...action.impact.map(({ readings }) => readings),
    action.finished?.impact ?? [],
  ];
  const names = [...new Set(rows.flat().map(({ name }) => name))];
  return names.map((name) => {
    const values = rows
      .map((readings) => readings.find((reading) => reading.name === name))
      .filter((reading): reading is ImpactReading => reading !== undefined)
      .sort((a, b) => (a.at < b.at ? -1 : 1))
      .map(formatReading)
      .filter((value, index, all) => value !== all[index - 1]);
    const shown = values.length > 5 ? [...values.slice(0, 1), '…', ...values.slice(-3)] : values;
    return { label: name, value: shown.join(' → '), odd: false };
  });
}
