import type { Card } from '../../../src/view/card.ts';

const say = (text: string) => text.replaceAll(/(^|[\s`])\/execfmt\b/gm, '$1@execfmt');

/** Teams has no slash commands: what an answer tells to type is told as a mention. */
export function sayCommands(card: Card): Card {
  const parts = card.parts.map((part) =>
    part.kind === 'text' || part.kind === 'code' ? { ...part, text: say(part.text) } : part,
  );
  return { ...card, parts, fallback: say(card.fallback) };
}
