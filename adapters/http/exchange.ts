import type { Clock } from '../../src/ports/clock.ts';
import { isClosedConnection } from './classify-error.ts';
import { type Asked, translateNetworkError } from './network-failure.ts';
import type { Reply } from './reply.ts';
import type { Agent } from './undici.ts';

/** One call. `signal` bounds it with all its retries and the reading of its answer; `until` is the same on the clock. */
export interface Question extends Asked {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Milliseconds until an answer is worth asking for again, as its vendor has it; null when it is not. `tries` counts from 1. */
export type Patience = (reply: Reply, method: Question['method'], now: Date, tries: number) => number | null;

const MOST_TRIES = 4;

/**
 * Makes a call; redirects are given back. What the server refuses for now is asked again when it says, as long as there is time.
 * Rejects with ProbeError when nothing answers.
 */
export async function exchange(question: Question, agent: Agent, clock: Clock, patience: Patience): Promise<Reply> {
  const fail = (error: unknown): never => {
    throw translateNetworkError(error, question);
  };
  for (let tries = 1; ; tries++) {
    const reply = await ask(question, agent, tries).catch(fail);
    if (reply === 'again') continue;
    const wait = patience(reply, question.method, clock.now(), tries);
    if (wait === null || tries >= MOST_TRIES || clock.monotonic() + wait >= question.until) return reply;
    await reply.body.dump().catch(() => {});
    await clock.sleep(wait, question.signal).catch(fail);
  }
}

/** A kept connection that the other side closed just now says nothing; a POST may have been heard all the same. */
async function ask(question: Question, agent: Agent, tries: number): Promise<Reply | 'again'> {
  const { url, method, headers, body, signal } = question;
  const { origin, pathname, search } = url;
  try {
    return await agent.request({ origin, path: `${pathname}${search}`, method, headers, body, signal });
  } catch (error) {
    if (method === 'GET' && tries === 1 && !signal.aborted && isClosedConnection(error)) return 'again';
    throw error;
  }
}
