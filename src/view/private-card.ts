import type { Button, Card } from './card.ts';

/** More would not fit below a sentence, and nobody reads them. */
const BUTTONS = 8;

/** An answer that only the person who asked sees. Each of `commands` (`/execfmt status`) is a button that gives it. */
export function privateCard(
  title: string,
  text: string,
  commands: readonly string[] = [],
  tone: Card['tone'] = 'unknown',
): Card {
  const shown = [...new Set(commands)].slice(0, BUTTONS);
  return {
    tone,
    title,
    practice: false,
    parts: [{ kind: 'text', text }],
    buttons: shown.map((command) => commandButton(command)),
    fallback: `${title}. ${text}${shown.length > 0 ? ` Type: ${shown.join(', or ')}` : ''}`,
  };
}

/** The same card with something to copy letter by letter below its text. */
export function withCode(card: Card, code: string): Card {
  return { ...card, parts: [...card.parts, { kind: 'code', text: code }] };
}

/** A button that gives a command; its label is what one would type after `/execfmt`. */
export function commandButton(command: string, label?: string): Button {
  const subject = command.replace(/^\/execfmt\s+/, '');
  return {
    label: label ?? subject,
    style: 'plain',
    press: { action: 'command', run: '', subject, hash: null },
    confirm: null,
  };
}
