import { type Finding, STEP_IDS, type Step } from '../playbook/finding.ts';
import { describePlace } from '../playbook/place.ts';
import type { RunState } from '../run/run-state.ts';
import type { Card, CardPart } from './card.ts';
import { transcriptCommand } from './transcript-command.ts';
import { formatDuration, STATUS_TONE, STATUS_WORD } from './words.ts';

/** Findings of a step that are enough in a thread; a phone shows one at a time. */
const ENOUGH = 4;
const PARTS = 3;

/** One step of the playbook as a reply: each finding with its command, what was observed, what it means, what to do. */
export function stepCard(step: Step, { run, practice }: Pick<RunState, 'run' | 'practice'>): Card {
  const number = STEP_IDS.indexOf(step.id) + 1;
  const severalPlaces = new Set(step.findings.map(({ where }) => (where ? describePlace(where) : ''))).size > 1;
  const groups = [...Map.groupBy(step.findings, sameness).values()];
  return {
    tone: STATUS_TONE[step.status],
    title: `${number}. ${step.title}`,
    practice,
    parts: [
      ...groups.flatMap(([finding, ...others]): CardPart[] =>
        finding === undefined
          ? []
          : [
              { kind: 'text', text: `${finding.check}${severalPlaces ? placesOf([finding, ...others]) : ''}` },
              { kind: 'code', text: `$ ${finding.command}\n${finding.observed}` },
              {
                kind: 'facts',
                facts: [
                  { label: 'Means', value: finding.meaning, odd: false },
                  { label: 'Decision', value: finding.decision, odd: false },
                ],
              },
            ],
      ),
      { kind: 'note', text: `${STATUS_WORD[step.status]} · ${formatDuration(step.elapsedMs)}` },
    ],
    buttons: [],
    whole: transcriptCommand(run),
    ...(groups.length > ENOUGH ? { enough: ENOUGH * PARTS } : {}),
    fallback: `${step.title}: ${step.findings.map(({ meaning }) => meaning).join(' ')}`,
  };
}

/** Places that are named before the rest is counted. */
const NAMED = 3;

/** What is the same on many hosts is told once. */
const sameness = ({ check, observed, meaning, decision }: Finding) =>
  JSON.stringify([check, observed, meaning, decision]);

function placesOf(findings: readonly Finding[]): string {
  const places = findings.flatMap(({ where }) => (where ? [describePlace(where)] : []));
  if (places.length === 0) return '';
  const more = places.length - NAMED;
  return ` (${places.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}
