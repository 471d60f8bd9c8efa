import { describePlan } from '../approval/describe-plan.ts';
import type { ImpactReading } from '../playbook/evidence.ts';
import { describePlace } from '../playbook/place.ts';
import { formatReading } from '../playbook/steps/impact-step.ts';
import type { ActionOutcome, ActionState, RunState } from '../run/run-state.ts';
import type { Button, Card, CardPart } from './card.ts';
import { offerButtons } from './offer-buttons.ts';
import { capital, formatDuration, formatTime } from './words.ts';

const PHASE_MARK = { begun: '…', done: '✓', failed: '✗' } as const;

/** An approved action while it is carried out, and its outcome, with the numbers before and after. */
export function actionCard(state: RunState, action: ActionState): Card {
  const { plan, phases, finished } = action;
  const title = finished ? `${titleOf(action, finished)}: ${state.target}` : titleOfRunning(action);
  const items = phases.map(
    ({ state: phase, title: what, detail, at }) =>
      `${PHASE_MARK[phase]} ${formatTime(at)} ${what}${detail ? `: ${detail}` : ''}`,
  );
  const parts: CardPart[] = [
    ...(finished ? [{ kind: 'text', text: outcomeText(action, finished) } as const] : []),
    ...buildParts(action),
    { kind: 'list', ordered: false, items },
  ];
  const numbers = beforeAndAfter(state, action);
  if (numbers.length > 0) parts.push({ kind: 'facts', facts: numbers });
  return {
    tone: !finished ? 'working' : finished.outcome === 'succeeded' ? 'ok' : 'problem',
    title,
    practice: state.practice,
    parts,
    buttons: finished ? offerButtons(state, plan.id) : cancelButton(action),
    approvers: action.approvals.approvers,
    fallback: finished ? `${title}. ${finished.detail}` : `${title}.`,
  };
}

function titleOf({ plan }: ActionState, { outcome }: ActionOutcome): string {
  const { noun } = describePlan(plan);
  const Noun = capital(noun);
  switch (outcome) {
    case 'succeeded':
      return plan.kind === 'rebuild' ? 'Rebuilt and proved, not deployed yet' : 'Recovered';
    case 'restored':
      return `${Noun} failed; what ran before is back`;
    case 'failed':
      return `${Noun} failed`;
    case 'refused':
      return 'Not carried out';
  }
}

function titleOfRunning({ plan }: ActionState): string {
  const { doing } = describePlan(plan);
  return plan.kind === 'rebuild' ? capital(doing) : `${capital(doing)}: ${describePlace(plan.where)}`;
}

function outcomeText({ plan }: ActionState, { outcome, detail, sinceOpenedMs }: ActionOutcome): string {
  return outcome === 'succeeded' && plan.kind !== 'rebuild'
    ? `Recovered after ${formatDuration(sinceOpenedMs)}, measured from the command. ${detail}`
    : detail;
}

/** Where a rebuild runs, on whose runner, for how long; a runner of another architecture than was asked for is marked. */
function buildParts({ plan, build, finished }: ActionState): CardPart[] {
  if (plan.kind !== 'rebuild' || !build) return [];
  const wanted = plan.platform.split('/')[1];
  const ended = finished ? Date.parse(finished.at) : Date.parse(build.at);
  const odd = build.architecture !== null && build.architecture !== wanted;
  const runner = build.runner && `${build.runner}: ${build.architecture ?? `unknown (${build.unknownBecause})`}`;
  const rows = [
    { label: 'Build', value: `${build.job ?? 'no job yet'}: ${build.said}`, odd: false },
    { label: 'Runner', value: `${runner ?? 'none has taken it yet'}${odd ? `, wanted ${wanted}` : ''}`, odd },
    { label: 'Elapsed', value: formatDuration(Math.max(0, ended - Date.parse(build.startedAt))), odd: false },
    { label: 'Page', value: build.url, odd: false },
  ];
  return [{ kind: 'facts', facts: rows }];
}

function cancelButton({ plan, cancelAskedBy }: ActionState): readonly Button[] {
  if (plan.kind !== 'rebuild' || cancelAskedBy) return [];
  const press = { action: 'cancel', run: plan.run, subject: plan.id, hash: plan.hash } as const;
  const confirm = {
    title: 'Cancel this build?',
    text: 'It is cancelled on the CI server. Nothing is deployed.',
    ok: 'Cancel the build',
    cancel: 'Let it go on',
  };
  return [{ label: 'Cancel the build', style: 'danger', press, confirm }];
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
