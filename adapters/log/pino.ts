import { pino } from 'pino';
import type { Log } from '../../src/ports/log.ts';

/** What the log is made of. */
export interface LogOptions {
  /** `debug`, `info`, `warn`, `error`, `silent`. */
  readonly level: string;
  readonly redact: (text: string) => string;
  /** Where the lines go; stderr when not given. */
  readonly write?: (line: string) => void;
}

/**
 * The program's log: one JSON object a line. Secrets are removed from the serialised line: pino's own `redact` misses
 * message texts and deep fields.
 */
export function createLog({ level, redact, write = (line) => void process.stderr.write(line) }: LogOptions): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(redact(line)) },
  );
}
