import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Log } from '../../src/ports/log.ts';
import { jsonText } from '../../src/view/json-text.ts';
import { redactDeep } from '../../src/view/redact-deep.ts';

/** Levels of LOG_LEVEL; `silent` writes nothing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Longer lines are cut, in characters; after they are redacted, so that no secret is cut in two. */
const LONGEST_LINE = 16_384;

/** What a log is made of. `redact` sees each finished line, so that no field and no message gets past it. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly redact: (text: string) => string;
  /** Standard error when absent. */
  readonly destination?: { write(text: string): unknown };
}

/** The program's log: one JSON object a line. */
export function createLog({ level, redact, destination = process.stderr }: LogOptions): Log {
  const redacting = new Writable({
    decodeStrings: false,
    write: (chunk, _, done) => {
      destination.write(`${redactLine(String(chunk).trimEnd(), redact)}\n`);
      done();
    },
  });
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    redacting,
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** A line stays JSON: what is cut, or broken by a removal, is put into an object as text. */
function redactLine(line: string, redact: (text: string) => string): string {
  const clean = redactValues(redact(line), redact);
  if (clean !== null && clean.length <= LONGEST_LINE) return clean;
  return jsonText({
    level: 'warn',
    msg: 'a log line that was too long or lost its form',
    line: redact(line).slice(0, LONGEST_LINE),
  });
}

/** What hides behind the escapes of JSON is found in the values themselves; null when the line is not JSON any more. */
function redactValues(line: string, redact: (text: string) => string): string | null {
  try {
    return jsonText(redactDeep(JSON.parse(line), redact));
  } catch {
    return null;
  }
}
