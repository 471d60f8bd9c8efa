import type { Card, CardPart } from '../../../src/view/card.ts';

const say = (text: string) => text.replaceAll(/(^|[\s`])\/execfmt\b/gm, '$1@execfmt');

function sayPart(part: CardPart): CardPart {
  switch (part.kind) {
    case 'list':
      return { ...part, items: part.items.map(say) };
    case 'facts':
      return part;
    default:
      return { ...part, text: say(part.text) };
  }
}

/** Teams has no slash commands: what an answer tells to type is told as a mention. */
export function sayCommands(card: Card): Card {
  return { ...card, parts: card.parts.map(sayPart), fallback: say(card.fallback) };
}
