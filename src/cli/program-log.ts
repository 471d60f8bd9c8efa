import { createLog, LOG_LEVELS, type LogLevel } from '../../adapters/log/pino.ts';
import type { Log } from '../ports/log.ts';
import { createRedact, type Redact, type SecretPattern } from '../view/create-redact.ts';
import { UsageError } from './exit-status.ts';

/** The program's log on stderr, at the level of LOG_LEVEL, else at the given one. `secrets` are the configured ones, or what removes them. */
export function createProgramLog(otherwise: LogLevel, secrets: readonly SecretPattern[] | Redact): Log {
  const named = process.env.LOG_LEVEL || otherwise;
  const level = LOG_LEVELS.find((known) => known === named);
  if (!level) throw new UsageError(`LOG_LEVEL is ${named}; it is one of ${LOG_LEVELS.join(', ')}`);
  return createLog({ level, redact: typeof secrets === 'function' ? secrets : createRedact(secrets) });
}
