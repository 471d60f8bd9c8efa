import type { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { type Endpoint, reachFor } from './endpoint.ts';
import { Agent } from './http-agent.ts';
import { translateNetworkError } from './network-failure.ts';
import { guardedLookup, mayReach, type Reach, refusedAddress } from './reachable-address.ts';

export interface Question {
  readonly url: URL;
  readonly endpoint: Endpoint;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is asked for, for the message of a failure: `the tag v3 of pdf-renderer`. */
  readonly what: string;
  readonly signal: AbortSignal;
  /** By the clock's monotonic time, when the signal is going to abort; absent when that is not known. */
  readonly until?: number;
}

export interface Reply {
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Readable;
}

/** One HTTP exchange; redirects are given back, not followed. Rejects with ProbeError when nothing answers. */
export type Exchange = (question: Question) => Promise<Reply>;

const CONNECT_MS = 10_000;
/** The longest silence within an answer. */
const SILENCE_MS = 30_000;
const CODES_WORTH_A_SECOND_TRY = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** Makes exchanges over kept connections, one pool for each authority and reach. Idle connections do not hold the process. */
export function createExchange(): Exchange {
  const agents = new Map<string, Agent>();
  const agentFor = (reach: Reach, caPem: string | null, keep: boolean): Agent => {
    const key = JSON.stringify([reach.loopback, reach.linkLocal, caPem, keep]);
    const agent = agents.get(key) ?? makeAgent(reach, caPem, keep);
    agents.set(key, agent);
    return agent;
  };
  return async (question) => {
    const { url, endpoint } = question;
    const reach = reachFor(url, endpoint);
    // A literal address is never looked up, so the guard in the look-up does not see it.
    if (!mayReach(url.hostname, reach)) throw translateNetworkError(refusedAddress(url.hostname), question);
    try {
      return await ask(question, agentFor(reach, endpoint.caPem, true));
    } catch (error) {
      if (question.signal.aborted || !isWorthASecondTry(error)) throw translateNetworkError(error, question);
    }
    // On a connection of its own: where one that was kept is closed, the others mostly are too.
    return ask(question, agentFor(reach, endpoint.caPem, false)).catch((error: unknown) => {
      throw translateNetworkError(error, question);
    });
  };
}

function ask(question: Question, dispatcher: Agent): Promise<Reply> {
  const { url, method = 'GET', headers, body = null, signal } = question;
  const { origin, pathname, search } = url;
  return untilAborted(
    // Else undici closes the connection after each HEAD, and the next request pays for a new one.
    dispatcher.request({ origin, path: `${pathname}${search}`, method, headers, body, signal, reset: false }),
    signal,
  );
}

/** undici notices an abort only once it has a connection; a host that lets us wait for one must not hold us. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** A kept connection that the other side closed just now says nothing about the registry. */
function isWorthASecondTry(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CODES_WORTH_A_SECOND_TRY.includes(String(error.code));
}

function makeAgent(reach: Reach, caPem: string | null, keep: boolean): Agent {
  const trust = caPem === null ? {} : { ca: [...rootCertificates, caPem] };
  return new Agent({
    connections: 8,
    // undici keeps no connections when it may put no request on one.
    pipelining: keep ? 1 : 0,
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
    maxHeaderSize: 64 * 1024,
    connect: { timeout: CONNECT_MS, lookup: guardedLookup(reach), ...trust },
  });
}
