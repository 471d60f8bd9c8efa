import type {
  ContextBlock,
  KnownBlock,
  RichTextBlock,
  RichTextElement,
  RichTextSection,
  SectionBlock,
} from '@slack/types';
import type { CardPart } from '../../../src/view/card.ts';
import { foldText } from '../../../src/view/fold-text.ts';
import { costOf, fitOr, fitText } from './fit-text.ts';

const TEXT = 3000;
const LABEL = 150;
const VALUE = 1000;
/** What is kept free for the line that says how much is missing. */
const MORE = 150;

const text = (value: string, bold = false): RichTextElement =>
  bold ? { type: 'text', text: value, style: { bold } } : { type: 'text', text: value };
const section = (elements: RichTextElement[]): RichTextSection => ({ type: 'rich_text_section', elements });
const moreOf = (count: number) => `… ${count} more (cut)`;

function renderText(value: string, room: number): SectionBlock | null {
  if (value.trim() === '') return null;
  const empty: SectionBlock = { type: 'section', text: { type: 'plain_text', text: '', emoji: false } };
  const fitted = fitText(value, Math.min(TEXT, room - costOf(empty)));
  return { type: 'section', text: { type: 'plain_text', text: fitted, emoji: false } };
}

function renderNote(value: string, room: number): ContextBlock | null {
  if (value.trim() === '') return null;
  const empty: ContextBlock = { type: 'context', elements: [{ type: 'plain_text', text: '', emoji: false }] };
  const fitted = fitText(value, Math.min(TEXT, room - costOf(empty)));
  return { type: 'context', elements: [{ type: 'plain_text', text: fitted, emoji: false }] };
}

function renderCode(value: string, room: number, whole: string | null): RichTextBlock | null {
  if (value.trim() === '') return null;
  const code = (shown: string): RichTextBlock => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: shown }] }],
  });
  return code(fitText(foldText(value, whole), Math.min(TEXT, room - costOf(code('')))));
}

/** Takes pieces until `room` is used up; the rest is counted, not shown. */
function take<T, P>(items: readonly T[], room: number, render: (item: T) => P): { pieces: P[]; left: number } {
  const pieces: P[] = [];
  let spent = 0;
  for (const [index, item] of items.entries()) {
    const piece = render(item);
    spent += costOf(piece) + 1;
    if (spent > room - MORE) return { pieces, left: items.length - index };
    pieces.push(piece);
  }
  return { pieces, left: 0 };
}

function renderFacts(facts: Extract<CardPart, { kind: 'facts' }>['facts'], room: number): RichTextBlock | null {
  const block = (elements: RichTextElement[]): RichTextBlock => ({ type: 'rich_text', elements: [section(elements)] });
  const { pieces, left } = take(facts, room - costOf(block([])), (fact) => [
    text(`${fitOr(fact.label, LABEL, '–')}: `, true),
    text(fitOr(fact.value, VALUE, '–'), fact.odd),
    text(fact.odd ? '  ⚠️ differs\n' : '\n'),
  ]);
  const elements = pieces.flat();
  if (left > 0) elements.push(text(moreOf(left)));
  return elements.length === 0 ? null : block(elements);
}

function renderList(part: Extract<CardPart, { kind: 'list' }>, room: number): RichTextBlock | null {
  const block = (elements: RichTextSection[]): RichTextBlock => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_list', style: part.ordered ? 'ordered' : 'bullet', elements }],
  });
  const { pieces, left } = take(part.items, room - costOf(block([])), (item) =>
    section([text(fitOr(item, VALUE, '–'))]),
  );
  if (left > 0) pieces.push(section([text(moreOf(left))]));
  return pieces.length === 0 ? null : block(pieces);
}

/**
 * One part of a card as one block that takes at most `room` (at least 500); null when there is nothing to show. Slack unfolds
 * nothing, so long evidence is shortened to its ends; `whole` gives all of it.
 */
export function renderPart(part: CardPart, room: number, whole: string | null): KnownBlock | null {
  switch (part.kind) {
    case 'text':
      return renderText(part.text, room);
    case 'note':
      return renderNote(part.text, room);
    case 'code':
      return renderCode(part.text, room, whole);
    case 'facts':
      return renderFacts(part.facts, room);
    case 'list':
      return renderList(part, room);
  }
}
