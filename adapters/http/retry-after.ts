import type { Reply } from './reply.ts';

/**
 * How long an answer asks us to wait, in milliseconds and never negative: a number of seconds, or a date (RFC 9110,
 * 10.2.3). Null when it does not say, or nothing that can be read.
 */
export function retryAfter(headers: Reply['headers'], now: Date): number | null {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return null;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value) * 1000;
  // Of the forms of a date only the one that is still sent; Date.parse would take nearly any text for one.
  const isDate = /^\s*[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT\s*$/.test(value);
  const date = isDate ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(date - now.getTime(), 0);
}
