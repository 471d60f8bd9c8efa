import type { Card } from '../view/card.ts';
import { redact } from '../view/redact.ts';
import { renderTerminal } from './render-terminal.ts';

/** Where people's text goes. With `--json` that is stderr, so that stdout holds one document and nothing else. */
export interface Terminal {
  show(card: Card): void;
  say(text: string): void;
}

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  const colour = stream.isTTY === true && process.env.NO_COLOR === undefined;
  return {
    show: (card) => stream.write(`${renderTerminal(card, colour)}\n\n`),
    say: (text) => stream.write(`${redact(text)}\n`),
  };
}

/** One JSON document on stdout. What it holds was redacted when it was recorded. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
