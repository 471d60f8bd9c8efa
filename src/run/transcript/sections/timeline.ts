import { type Section, table, text } from '../document.ts';
import { formatUtc, type Subject, since } from '../subject.ts';
import { tellEvent } from '../tell-event.ts';

/** Every event in order, in UTC, with the time since the command. */
export function timelineSection(subject: Subject): Section {
  const rows = subject.events.map(({ seq, at, fact }) => [
    String(seq),
    formatUtc(at),
    since(subject, at),
    tellEvent(fact),
  ]);
  const blocks = [
    text('Times are in UTC; elapsed is counted from the command.'),
    table('What happened, in order', ['#', 'Time (UTC)', 'Elapsed', 'What'], rows),
  ];
  return { id: 'timeline', title: 'Timeline', blocks };
}
