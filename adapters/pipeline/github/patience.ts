import type { Reply } from '../../http/reply.ts';
import { retryAfter } from '../../http/retry-after.ts';

const BUSY = [502, 503, 504];
const FIRST_WAIT_MS = 250;

/**
 * Milliseconds until an answer is worth asking for again; null when it is not. A busy gateway is asked again soon, but never
 * told twice to do something.
 */
export function patience(reply: Reply, method: string, now: Date, tries: number): number | null {
  if (isRateLimit(reply)) return statedWait(reply.headers, now) ?? FIRST_WAIT_MS * 2 ** (tries - 1);
  return method === 'GET' && BUSY.includes(reply.statusCode) ? FIRST_WAIT_MS * 2 ** (tries - 1) : null;
}

/** GitHub refuses for a while with 429, or with 403 and these headers (docs.github.com, “Rate limits for the REST API”). */
export function isRateLimit({ statusCode, headers }: Reply): boolean {
  if (statusCode === 429) return true;
  return statusCode === 403 && (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined);
}

/** Milliseconds that GitHub asks us to wait: Retry-After, else the end of the hour that it names. */
export function statedWait(headers: Reply['headers'], now: Date): number | null {
  const after = retryAfter(headers, now);
  if (after !== null) return after;
  const reset = headers['x-ratelimit-reset'];
  if (headers['x-ratelimit-remaining'] !== '0' || typeof reset !== 'string' || !/^\d{1,12}$/.test(reset)) return null;
  return Math.max(0, Number(reset) * 1000 - now.getTime());
}
