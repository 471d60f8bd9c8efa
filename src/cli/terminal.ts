import { visible } from '../playbook/visible.ts';
import type { Card } from '../view/card.ts';
import type { Redact } from '../view/create-redact.ts';
import { jsonText } from '../view/json-text.ts';
import { redact as redactKnown } from '../view/redact.ts';
import { redactDeep } from '../view/redact-deep.ts';
import { renderTerminal } from './render-terminal.ts';

/** Where people's text goes. With `--json` that is stderr, so that stdout holds one document and nothing else. */
export interface Terminal {
  show(card: Card): void;
  say(text: string): void;
}

/** `redact` is the configuration's; without one what is a secret everywhere is removed. */
export function createTerminal(stream: NodeJS.WriteStream, redact: Redact = redactKnown): Terminal {
  const colour = stream.isTTY === true && process.env.NO_COLOR === undefined;
  return {
    show: (card) => stream.write(`${renderTerminal(redactDeep(card, redact), colour)}\n\n`),
    say: (text) => stream.write(`${visible(redact(text))}\n`),
  };
}

/** One JSON document on stdout. What it holds was redacted when it was recorded. */
export function printJson(document: unknown): void {
  process.stdout.write(`${jsonText(document, 2)}\n`);
}
