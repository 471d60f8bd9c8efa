import { type Section, text } from '../document.ts';
import { formatUtc, type Subject, since } from '../subject.ts';

/** When execfmt itself was interrupted, and whether it went on. */
export function interruptionsSection(subject: Subject): Section {
  const items = subject.state.interruptions.map(
    ({ during, goesOn, at }) =>
      `${formatUtc(at)}, ${since(subject, at)} after the command: interrupted during ${during}; ${goesOn ? 'it went on' : 'it ended there'}.`,
  );
  const blocks = items.length > 0 ? [{ kind: 'list', items } as const] : [text('execfmt was not interrupted.')];
  return { id: 'interruptions', title: 'Interruptions', blocks };
}
