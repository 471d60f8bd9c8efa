import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, request } from 'undici';
import type { Clock } from '../../../src/ports/clock.ts';
import { translateNetworkError } from './network-failure.ts';
import { retryAfter } from './retry-after.ts';

export type Reply = Dispatcher.ResponseData;

/** One call. `signal` bounds it with all its retries and the reading of its answer; `until` is the same on the clock. */
export interface Question {
  readonly target: string;
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly what: string;
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly until: number;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;
const MOST_TRIES = 4;
const CODES_WORTH_A_SECOND_TRY = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** Connections to one CI server, kept open; idle ones do not hold the process. */
export function createAgent(caPem: string | null): Agent {
  const trust = caPem === null ? {} : { ca: [...rootCertificates, caPem] };
  return new Agent({
    connections: 6,
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
    connect: { timeout: CONNECT_MS, ...trust },
  });
}

/**
 * Makes a call; redirects are given back. What the server refuses for now is asked again when it says, as long as there is time;
 * a POST only when it was refused unseen (429). Rejects with ProbeError when nothing answers.
 */
export async function exchange(question: Question, agent: Agent, clock: Clock): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const reply = await ask(question, agent, tries).catch((error: unknown) => {
      throw translateNetworkError(error, { ...question, host: question.url.host });
    });
    if (reply === 'again') continue;
    const wait = retryAfter(reply, question.method, clock.now(), tries);
    if (wait === null || tries >= MOST_TRIES || clock.monotonic() + wait >= question.until) return reply;
    await reply.body.dump().catch(() => {});
    await clock.sleep(wait, question.signal).catch((error: unknown) => {
      throw translateNetworkError(error, { ...question, host: question.url.host });
    });
  }
}

/** A kept connection that the other side closed just now says nothing; a POST may have been heard all the same. */
async function ask(question: Question, dispatcher: Agent, tries: number): Promise<Reply | 'again'> {
  const { url, method, headers, body, signal } = question;
  try {
    return await request(url, { dispatcher, method, headers, body, signal });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (method === 'GET' && tries === 1 && !signal.aborted && CODES_WORTH_A_SECOND_TRY.includes(code)) return 'again';
    throw error;
  }
}
