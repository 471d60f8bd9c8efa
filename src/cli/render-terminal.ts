import { visible } from '../playbook/visible.ts';
import type { Card, CardPart } from '../view/card.ts';

const TONE_MARK = { working: '…', ok: '✓', problem: '✗', unknown: '?', decision: '→' } as const;
const TONE_COLOUR = { working: 36, ok: 32, problem: 31, unknown: 33, decision: 35 } as const;

/** A card for the terminal. Control characters in outside text are made visible: they must not reach the terminal. */
export function renderTerminal(card: Card, colour: boolean): string {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const practice = card.practice ? paint(33, ' [PRACTICE]') : '';
  const title = `${paint(TONE_COLOUR[card.tone], TONE_MARK[card.tone])} ${paint(1, visible(card.title))}${practice}`;
  return [title, ...card.parts.flatMap((part) => renderPart(part, paint))].join('\n');
}

function renderPart(part: CardPart, paint: (code: number, text: string) => string): string[] {
  switch (part.kind) {
    case 'text':
      return indent(visible(part.text));
    case 'note':
      return indent(paint(2, visible(part.text)));
    case 'code':
      return indent(visible(part.text), '    ');
    case 'list':
      return part.items.flatMap((item, index) => indent(`${part.ordered ? `${index + 1}.` : '-'} ${visible(item)}`));
    case 'facts': {
      const width = Math.max(0, ...part.facts.map(({ label }) => label.length));
      return part.facts.flatMap(({ label, value, odd }) => {
        const lines = visible(value).split('\n');
        const mark = odd ? paint(31, ' ← differs') : '';
        return lines.map(
          (line, index) => `  ${(index === 0 ? visible(label) : '').padEnd(width)}  ${line}${index === 0 ? mark : ''}`,
        );
      });
    }
  }
}

function indent(text: string, by = '  '): string[] {
  return text.split('\n').map((line) => `${by}${line}`);
}
