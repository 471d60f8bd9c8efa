import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../../src/ports/log.ts';

const LENGTH = 500;

/** Takes out what must not be logged: Slack's tokens by their form, our secrets by their value, tickets in addresses. */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '[secret]');
  return clean
    .replace(/\bx(?:ox[a-z]|app)[.-][\w.-]+/g, '[secret]')
    .replace(/\b((?:wss?|https?):\/\/[^\s?]+)\?\S*/g, '$1?[…]')
    .replace(/(hooks\.slack\.com\/)\S+/g, '$1[…]')
    .slice(0, LENGTH);
}

const say = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return value instanceof Error ? `${value.name}: ${value.message}` : '';
};

/**
 * Bolt's logger, writing to ours. What it says at `debug` is dropped: whole payloads, with what people wrote in them. Objects
 * are dropped as well; they may hold anything.
 */
export function createBoltLog(log: Log, secrets: readonly string[]): Logger {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...values: unknown[]) => {
      const text = values.map(say).filter((part) => part !== '');
      log[level]({ part: 'bolt' }, scrub(text.join(' '), secrets));
    };
  return {
    debug: () => {},
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
