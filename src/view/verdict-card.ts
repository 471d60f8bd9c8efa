import type { Step, StepId } from '../playbook/finding.ts';
import { describePlace } from '../playbook/place.ts';
import type { Remedy, Verdict } from '../playbook/verdict.ts';
import type { RunState } from '../run/run-state.ts';
import type { Button, Card, CardPart } from './card.ts';
import { offerButtons } from './offer-buttons.ts';
import { commandButton } from './private-card.ts';
import { transcriptCommand } from './transcript-command.ts';
import { formatDuration, formatTime } from './words.ts';

const OUTCOME_TONE = { 'will-not-run': 'problem', inconclusive: 'unknown', runs: 'ok' } as const;
const OUTCOME_TITLE = { 'will-not-run': 'It will not run', inconclusive: 'Inconclusive', runs: 'It runs' } as const;

/**
 * The verdict, to be read in five seconds: what, where and why in a sentence, what to do, the four readings side by side with
 * the odd one marked. Below it the details, and the commands for those who check by hand.
 */
export function verdictCard(state: RunState, reached: NonNullable<RunState['verdict']>): Card {
  const { verdict, remedies, elapsedMs, approvals } = reached;
  const steps = state.steps.map(({ step }) => step);
  const parts: CardPart[] = [{ kind: 'text', text: verdict.summary }];
  const helpful = remedies.filter(({ fit }) => fit !== 'useless');
  const useless = remedies.filter(({ fit }) => fit === 'useless');
  if (helpful.length > 0) {
    parts.push({ kind: 'text', text: 'What to do:' });
    parts.push({ kind: 'list', ordered: true, items: helpful.map(describeRemedy) });
  }
  parts.push({ kind: 'facts', facts: readings(steps) }, { kind: 'facts', facts: details(verdict) });
  if (useless.length > 0) {
    parts.push({ kind: 'text', text: 'What would not help:' });
    parts.push({ kind: 'list', ordered: false, items: useless.map(describeRemedy) });
  }
  const byHand = commandsByHand(steps);
  if (byHand.length > 0) {
    parts.push({ kind: 'text', text: 'To check by hand, copy these commands:' });
    parts.push({ kind: 'code', text: byHand.join('\n') });
  }
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
    buttons: [...offerButtons(state, null), againButton(state), ...transcriptButton(state)],
    whole: transcriptCommand(state.run),
    fallback: verdict.summary,
  };
}

function details(verdict: Verdict) {
  const { fault, confidence, culprit, errno, outcome, origin } = verdict;
  const fact = (label: string, value: string) => ({ label, value, odd: false });
  return [
    fact('Fault', `${fault ?? 'unknown'} (${confidence})`),
    ...(culprit ? [fact('Culprit', culprit)] : []),
    ...(errno ? [fact('Kernel says', errno)] : []),
    ...(outcome === 'will-not-run' ? [fact('Origin', `${origin.kind} (${origin.confidence}): ${origin.because}`)] : []),
  ];
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

/** Commands that are shown for those who check by hand: a screen of a phone. */
const BY_HAND = 8;

/** The commands of the playbook, in its order, as they were for the first place that was looked at; each once. */
function commandsByHand(steps: readonly Step[]): readonly string[] {
  const findings = steps.flatMap((step) => step.findings);
  const place = findings.find(({ where }) => where)?.where;
  const here = place && describePlace(place);
  const own = findings.filter(({ where }) => !where || !here || describePlace(where) === here);
  const commands = [...new Set(own.map(({ command }) => command.trim()))].filter((command) => command !== '');
  return commands.slice(0, BY_HAND);
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

/** The page and the terminal have the whole run before them. */
function transcriptButton({ run, conversation: { chat } }: RunState): Button[] {
  return chat === 'web' || chat === 'cli' ? [] : [commandButton(transcriptCommand(run), 'Whole transcript')];
}

function againButton(state: RunState): Button {
  return {
    label: 'Run again',
    style: 'plain',
    press: { action: 'again', run: state.run, subject: state.target, hash: null },
    confirm: null,
  };
}
