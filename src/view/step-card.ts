import { STEP_IDS, type Step } from '../playbook/finding.ts';
import { describePlace } from '../playbook/place.ts';
import type { Card, CardPart } from './card.ts';
import { formatDuration, STATUS_TONE, STATUS_WORD } from './words.ts';

/** One step of the playbook as a reply: each finding with its command, what was observed, what it means, what to do. */
export function stepCard(step: Step, practice: boolean): Card {
  const number = STEP_IDS.indexOf(step.id) + 1;
  const severalPlaces = new Set(step.findings.map(({ where }) => (where ? describePlace(where) : ''))).size > 1;
  return {
    tone: STATUS_TONE[step.status],
    title: `${number}. ${step.title}`,
    practice,
    parts: [
      ...step.findings.flatMap((finding): CardPart[] => [
        {
          kind: 'text',
          text: `${finding.check}${severalPlaces && finding.where ? ` (${describePlace(finding.where)})` : ''}`,
        },
        { kind: 'code', text: `$ ${finding.command}\n${finding.observed}` },
        {
          kind: 'facts',
          facts: [
            { label: 'Means', value: finding.meaning, odd: false },
            { label: 'Decision', value: finding.decision, odd: false },
          ],
        },
      ]),
      { kind: 'note', text: `${STATUS_WORD[step.status]} · ${formatDuration(step.elapsedMs)}` },
    ],
    buttons: [],
    fallback: `${step.title}: ${step.findings.map(({ meaning }) => meaning).join(' ')}`,
  };
}
