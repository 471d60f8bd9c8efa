import type { Card } from './card.ts';

/** An answer that only the person who asked sees. `commands` are ready to be copied. */
export function privateCard(
  title: string,
  text: string,
  commands: readonly string[] = [],
  tone: Card['tone'] = 'unknown',
): Card {
  return {
    tone,
    title,
    practice: false,
    parts: [
      { kind: 'text', text },
      ...(commands.length > 0 ? [{ kind: 'code', text: commands.join('\n') } as const] : []),
    ],
    buttons: [],
    fallback: `${title}. ${text}`,
  };
}
