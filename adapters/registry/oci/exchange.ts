import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { isClosedConnection } from '../../http/classify-error.ts';
import { createAgent } from '../../http/create-agent.ts';
import { mayReach, type Reach, refusedAddress } from '../../http/reachable-address.ts';
import type { Agent } from '../../http/undici.ts';
import { type Endpoint, reachFor } from './endpoint.ts';
import { translateNetworkError } from './network-failure.ts';

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
      if (question.signal.aborted || !isClosedConnection(error)) throw translateNetworkError(error, question);
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

function makeAgent(reach: Reach, caPem: string | null, keep: boolean): Agent {
  // undici keeps no connections when it may put no request on one.
  return createAgent({ caPem, reach }, { connections: 8, pipelining: keep ? 1 : 0, maxHeaderSize: 64 * 1024 });
}
