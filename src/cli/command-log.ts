import { createLog } from '../../adapters/log/pino.ts';
import type { Log } from '../ports/log.ts';
import { redact } from '../view/redact.ts';

/** The log of a command that a person watches: only what went wrong, to stderr. LOG_LEVEL says otherwise. */
export function createCommandLog(): Log {
  return createLog({ level: process.env.LOG_LEVEL ?? 'error', redact });
}
