import type { TranscriptDocument } from './document.ts';
import { actionsSection } from './sections/actions.ts';
import { causesSection } from './sections/causes.ts';
import { digestsSection } from './sections/digests.ts';
import { findingsSection } from './sections/findings.ts';
import { glossarySection } from './sections/glossary.ts';
import { interruptionsSection } from './sections/interruptions.ts';
import { messagesSection } from './sections/messages.ts';
import { numbersSection } from './sections/numbers.ts';
import { peopleSection } from './sections/people.ts';
import { preventionSection } from './sections/prevention.ts';
import { outcomeOf, summarySection } from './sections/summary.ts';
import { timelineSection } from './sections/timeline.ts';
import { verdictSection } from './sections/verdict.ts';
import type { Subject } from './subject.ts';

const SECTIONS: readonly ((subject: Subject) => TranscriptDocument['sections'][number])[] = [
  summarySection,
  timelineSection,
  peopleSection,
  verdictSection,
  digestsSection,
  actionsSection,
  numbersSection,
  interruptionsSection,
  findingsSection,
  messagesSection,
  causesSection,
  preventionSection,
];

/** A run as a neutral document: a pure function of its events and of what people wrote in its thread. */
export function buildDocument(subject: Subject): TranscriptDocument {
  const { state, head, version } = subject;
  const sections = SECTIONS.map((section) => section(subject));
  return {
    title: `${state.target}, run ${state.run}`,
    practice: state.practice,
    outcome: outcomeOf(state),
    head,
    version,
    sections: [...sections, glossarySection(sections)],
  };
}
