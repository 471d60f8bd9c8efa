import { Readable } from 'node:stream';
import type { Clock } from '../../../src/ports/clock.ts';
import { retryAfter } from '../../http/retry-after.ts';
import type { Exchange, Question, Reply } from './exchange.ts';
import { quotaOf } from './quota.ts';
import { readRefusal } from './read-body.ts';

/** Too many requests, and what a server or a gateway before it says when it is not well (RFC 6585, 4; RFC 9110, 15.6). */
const PASSING = [429, 500, 502, 503, 504];
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** A registry that asks for more is not waited for: the person is told instead. */
const LONGEST_REQUESTED_MS = 20_000;

/**
 * An exchange that asks again when the answer may be another one soon: after pauses that double, with half of each left
 * to chance so that many askers do not come at once, or after the time that the answer itself names. The last answer is
 * given back when there are no attempts or no time left.
 */
export function patientExchange(exchange: Exchange, clock: Clock, random: () => number): Exchange {
  return async (question) => {
    for (let attempt = 1; ; attempt++) {
      const reply = await exchange(question);
      const pause = attempt < question.endpoint.attempts ? pauseAfter(reply, attempt, clock, random) : null;
      if (pause === null || !fits(pause, question, clock)) return reply;
      const kept = await keep(reply, question);
      if (!(await slept(pause, question, clock))) return kept;
    }
  };
}

function pauseAfter(reply: Reply, attempt: number, clock: Clock, random: () => number): number | null {
  if (!PASSING.includes(reply.statusCode)) return null;
  const requested = retryAfter(reply.headers, clock.now());
  if (requested !== null) return requested <= LONGEST_REQUESTED_MS ? requested : null;
  // A quota that is used up for hours is not there again in a second.
  if (quotaOf(reply.headers)?.remaining === 0) return null;
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  return longest * (0.5 + random() / 2);
}

const fits = (pause: number, { until }: Question, clock: Clock): boolean =>
  until === undefined || clock.monotonic() + pause < until;

/** The reply with its body in memory, so that its connection is free while we wait. */
async function keep(reply: Reply, question: Question): Promise<Reply> {
  const body = await readRefusal(reply, question);
  return { statusCode: reply.statusCode, headers: reply.headers, body: Readable.from([body]) };
}

async function slept(ms: number, { signal }: Question, clock: Clock): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
