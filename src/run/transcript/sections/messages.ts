import { MOST_MESSAGES } from '../../thread-message.ts';
import { type Block, type Section, table, text } from '../document.ts';
import { formatUtc, type Subject, since } from '../subject.ts';

/** What people wrote in the thread. It is no part of the run's events, so the chain says nothing of it. */
export function messagesSection(subject: Subject): Section {
  return { id: 'messages', title: 'Messages of the thread', blocks: blocksOf(subject) };
}

function blocksOf(subject: Subject): readonly Block[] {
  const { thread } = subject;
  if (thread.kind === 'not-read') return [text(`Not in this transcript: ${thread.why}.`)];
  if (thread.messages.length === 0) return [text('People wrote nothing in the thread.')];
  const rows = thread.messages.map(({ by, at, text: said }) => [
    formatUtc(at),
    since(subject, at),
    by.name,
    by.id,
    said,
  ]);
  const most = thread.messages.length >= MOST_MESSAGES ? ` Only the first ${MOST_MESSAGES} were read.` : '';
  return [
    text(
      `Read from the chat when this transcript was made. People may change or delete what they wrote; the hash chain does not cover it.${most}`,
    ),
    table('What people wrote', ['Time (UTC)', 'Elapsed', 'Name', 'Identity', 'Message'], rows),
  ];
}
