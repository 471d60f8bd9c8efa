import type { Step, StepId } from '../playbook/finding.ts';
import type { Remedy } from '../playbook/verdict.ts';
import type { RunState } from '../run/run-state.ts';
import type { Button, Card, CardPart } from './card.ts';
import { offerButtons } from './offer-buttons.ts';
import { formatDuration, formatTime } from './words.ts';

const OUTCOME_TONE = { 'will-not-run': 'problem', inconclusive: 'unknown', runs: 'ok' } as const;
const OUTCOME_TITLE = { 'will-not-run': 'It will not run', inconclusive: 'Inconclusive', runs: 'It runs' } as const;

/** The verdict: what, where, why, what to do; the four readings side by side with the odd one marked; the ways out. */
export function verdictCard(state: RunState, reached: NonNullable<RunState['verdict']>): Card {
  const { verdict, remedies, elapsedMs, approvals } = reached;
  const parts: CardPart[] = [
    { kind: 'text', text: verdict.summary },
    { kind: 'facts', facts: readings(state.steps.map(({ step }) => step)) },
    {
      kind: 'facts',
      facts: [
        { label: 'Fault', value: `${verdict.fault ?? 'unknown'} (${verdict.confidence})`, odd: false },
        ...(verdict.culprit ? [{ label: 'Culprit', value: verdict.culprit, odd: false }] : []),
        ...(verdict.errno ? [{ label: 'Kernel says', value: verdict.errno, odd: false }] : []),
        ...(verdict.outcome === 'will-not-run'
          ? [
              {
                label: 'Origin',
                value: `${verdict.origin.kind} (${verdict.origin.confidence}): ${verdict.origin.because}`,
                odd: false,
              },
            ]
          : []),
      ],
    },
  ];
  if (remedies.length > 0) parts.push({ kind: 'list', ordered: true, items: remedies.map(describeRemedy) });
  if (remedies.length > 0 && !approvals) {
    parts.push({
      kind: 'note',
      text: 'Diagnosis only: no approvers are configured for this target, so nothing can be changed from here.',
    });
  }
  parts.push({ kind: 'note', text: `Diagnosed in ${formatDuration(elapsedMs)} · ${formatTime(reached.at)}` });
  return {
    tone: OUTCOME_TONE[verdict.outcome],
    title: `${OUTCOME_TITLE[verdict.outcome]}: ${state.target}`,
    practice: state.practice,
    parts,
    buttons: [...offerButtons(state, null), againButton(state)],
    fallback: verdict.summary,
  };
}

const READINGS: readonly { id: StepId; label: string; check: string }[] = [
  { id: 'host', label: 'Host', check: 'Host architecture' },
  { id: 'image', label: 'Image as pulled', check: 'Platform of the local image' },
  { id: 'tag', label: 'Tag', check: 'Platforms behind the tag' },
  { id: 'file', label: 'File', check: 'Executed file' },
];

function readings(steps: readonly Step[]) {
  return READINGS.flatMap(({ id, label, check }) => {
    const step = steps.find((candidate) => candidate.id === id);
    const finding = step?.findings.find((candidate) => candidate.check === check);
    return step ? [{ label, value: shorten(finding?.observed ?? 'unknown'), odd: step.status === 'problem' }] : [];
  });
}

/** Whole digests stand in the steps and in the plan; side by side their beginnings do. */
function shorten(text: string): string {
  return text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…');
}

const FIT_WORD = { fixes: 'fixes', mitigates: 'helps for now', useless: 'would not help' } as const;

/** One line a remedy: `rollback-to-digest (fixes): v2 sha256:… …`. */
function describeRemedy(remedy: Remedy): string {
  const digest = remedy.digest ? ` ${remedy.knownAs ? `${remedy.knownAs} ` : ''}${remedy.digest}:` : '';
  return `${remedy.kind} (${FIT_WORD[remedy.fit]}):${digest} ${remedy.because}`;
}

function againButton(state: RunState): Button {
  return {
    label: 'Run again',
    style: 'plain',
    press: { action: 'again', run: state.run, subject: state.target, hash: null },
    confirm: null,
  };
}
