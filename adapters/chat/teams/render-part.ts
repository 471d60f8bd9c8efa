import type { IActionSet, IContainer, IRichTextBlock, ITable, ITableCell, ITextRun } from '@microsoft/teams.cards';
import type { CardPart } from '../../../src/view/card.ts';
import { costOf, fitLine, fitOr, fitText } from './fit-text.ts';

/** What our cards are made of. No TextBlock and no FactSet: they read Markdown (T14). */
export type Element = IRichTextBlock | ITable | IContainer | IActionSet;

const TEXT = 3000;
const LABEL = 150;
const VALUE = 1000;
/** Lines of one part that are sent, and how many of them are seen before it is unfolded. */
const LINES = 60;
const SEEN = 6;
/** What is kept free for the line that says how much is missing. */
const MORE = 200;

type Look = Omit<Partial<ITextRun>, 'type' | 'text'>;

/** Text as it is. */
export const run = (text: string, look: Look = {}): ITextRun => ({ type: 'TextRun', text, ...look });

/** One line of runs. */
export const line = (inlines: ITextRun[], spacing: 'None' | 'Small' | 'Default' = 'None'): IRichTextBlock => ({
  type: 'RichTextBlock',
  spacing,
  inlines,
});

/** A text as a block for each of its lines: clients do not agree on what a line feed in a TextRun is. */
export function linesOf(
  text: string,
  look: Look = {},
  first: 'None' | 'Small' | 'Default' = 'Small',
): IRichTextBlock[] {
  const lines = text.split('\n');
  const shown = lines.slice(0, LINES).map((each) => run(each === '' ? '\u00a0' : each, look));
  if (lines.length > LINES) shown.push(run(`… ${lines.length - LINES} more lines (cut)`, { isSubtle: true }));
  return shown.map((each, index) => line([each], index === 0 ? first : 'None'));
}

/** Takes pieces until `room` is used up; the rest is counted, not shown. */
function take<P>(pieces: readonly P[], room: number): { readonly taken: P[]; readonly left: number } {
  let spent = MORE;
  const at = pieces.findIndex((piece) => {
    spent += costOf(piece) + 1;
    return spent > room;
  });
  return at < 0 ? { taken: [...pieces], left: 0 } : { taken: pieces.slice(0, at), left: pieces.length - at };
}

const moreOf = (count: number, what: string) => line([run(`… ${count} more ${what} (cut)`, { isSubtle: true })]);

/** Long evidence shows its beginning; the rest is one press away, on the reader's own screen only. */
function fold(lines: readonly IRichTextBlock[], id: string): Element[] {
  if (lines.length <= SEEN + 2) return [...lines];
  const container: IContainer = { type: 'Container', id, isVisible: false, spacing: 'None', items: lines.slice(SEEN) };
  const title = `Show or hide ${lines.length - SEEN} more lines`;
  const actions: IActionSet = {
    type: 'ActionSet',
    spacing: 'Small',
    actions: [{ type: 'Action.ToggleVisibility', title, targetElements: [id] }],
  };
  return [...lines.slice(0, SEEN), container, actions];
}

function renderCode(text: string, room: number, id: string): Element[] {
  const { taken, left } = take(linesOf(fitText(text, TEXT), { fontType: 'Monospace' }), room - MORE);
  return fold(left > 0 ? [...taken, moreOf(left, 'lines')] : taken, id);
}

type Facts = Extract<CardPart, { kind: 'facts' }>['facts'];

function cell(items: IRichTextBlock[]): ITableCell {
  return { type: 'TableCell', items };
}

/** Labels and values as a table; the one that disagrees is marked in colour, weight and words. */
function renderFacts(facts: Facts, room: number): Element[] {
  const rows = facts.map(({ label, value, odd }) => {
    const look: Look = odd ? { weight: 'Bolder', color: 'Attention' } : {};
    const shown = linesOf(`${fitOr(value, VALUE, '–')}${odd ? '  ⚠️ differs' : ''}`, look, 'None');
    const cells = [cell([line([run(fitLine(label, LABEL, '–'), { weight: 'Bolder' })])]), cell(shown)];
    return { type: 'TableRow', cells } as const;
  });
  const { taken, left } = take(rows, room - MORE);
  if (taken.length === 0) return [];
  const columns = [{ width: 1 }, { width: 3 }];
  const table: ITable = { type: 'Table', firstRowAsHeaders: false, showGridLines: false, columns, rows: taken };
  return left > 0 ? [table, moreOf(left, 'rows')] : [table];
}

function renderList({ items, ordered }: Extract<CardPart, { kind: 'list' }>, room: number): Element[] {
  const lines = items.map((item, index) =>
    line([run(`${ordered ? `${index + 1}.` : '•'} ${fitLine(item, VALUE, '–')}`)], 'Small'),
  );
  const { taken, left } = take(lines, room);
  return left > 0 ? [...taken, moreOf(left, 'items')] : taken;
}

function renderText(text: string, room: number, look: Look): Element[] {
  if (text.trim() === '') return [];
  const { taken, left } = take(linesOf(fitText(text, TEXT), look), room);
  return left > 0 ? [...taken, moreOf(left, 'lines')] : taken;
}

/** One part of a card as elements that take at most `room` bytes; none when there is nothing to show. `id` is unique in the card. */
export function renderPart(part: CardPart, room: number, id: string): Element[] {
  switch (part.kind) {
    case 'text':
      return renderText(part.text, room, {});
    case 'note':
      return renderText(part.text, room, { isSubtle: true, size: 'Small' });
    case 'code':
      return part.text.trim() === '' ? [] : renderCode(part.text, room, id);
    case 'facts':
      return renderFacts(part.facts, room);
    case 'list':
      return renderList(part, room);
  }
}
