import type { Reply } from '../../http/reply.ts';
import { retryAfter } from '../../http/retry-after.ts';

const BUSY = [502, 503, 504];
const FIRST_WAIT_MS = 250;

/**
 * Milliseconds until an answer is worth asking for again; null when it is not. 429 names the time (Retry-After, or
 * RateLimit-Reset in seconds since 1970); a gateway that is busy is asked again soon, but never told twice to do something.
 */
export function patience(reply: Reply, method: string, now: Date, tries: number): number | null {
  const { statusCode, headers } = reply;
  const soon = FIRST_WAIT_MS * 2 ** (tries - 1);
  if (statusCode === 429) return statedWait(headers, now) ?? soon;
  return method === 'GET' && BUSY.includes(statusCode) ? (statedWait(headers, now) ?? soon) : null;
}

/** Milliseconds that the server asks us to wait; null when it does not say. */
export function statedWait(headers: Reply['headers'], now: Date): number | null {
  const after = retryAfter(headers, now);
  if (after !== null) return after;
  const reset = headers['ratelimit-reset'];
  return typeof reset === 'string' && /^\d{1,12}$/.test(reset)
    ? Math.max(0, Number(reset) * 1000 - now.getTime())
    : null;
}
