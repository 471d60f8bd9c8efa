import { visible } from '../playbook/visible.ts';
import type { Log } from '../ports/log.ts';
import type { Redact } from '../view/create-redact.ts';

/** Warnings and errors for a person at the terminal, without loading the program's own log. */
export function createStderrLog(redact: Redact): Log {
  const say = (fields: object, message: string) => {
    const told = Object.entries(fields).map(([key, value]) => `${key}=${String(value)}`);
    process.stderr.write(`execfmt: ${visible(redact([message, ...told].join(' ')))}\n`);
  };
  return { debug: () => {}, info: () => {}, warn: say, error: say };
}
