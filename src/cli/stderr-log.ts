import type { Log } from '../ports/log.ts';
import { redact } from '../view/redact.ts';
import { visible } from '../view/visible.ts';

const say = (fields: object, message: string) => {
  const told = Object.entries(fields).map(([key, value]) => `${key}=${String(value)}`);
  process.stderr.write(`execfmt: ${visible(redact([message, ...told].join(' ')))}\n`);
};

/** Warnings and errors for a person at the terminal, without loading the program's own log. */
export const stderrLog: Log = { debug: () => {}, info: () => {}, warn: say, error: say };
