import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { clusterFailure } from './cluster-failure.ts';
import type { StatusDocument } from './documents.ts';
import { pathOf } from './resources.ts';
import type { Sessions } from './session.ts';
import { type Asked, failureOfStatus, translateConnection } from './translate-error.ts';

type Query = Readonly<Record<string, string>>;

/** One API server. Every question ends by its deadline; all reject with ProbeError. */
export interface Api {
  /** As in error messages: `cluster prod`. */
  readonly target: string;
  get<T>(asked: Asked, signal: AbortSignal): Promise<T>;
  /** Null when there is no such object. */
  getIfThere<T>(asked: Asked, signal: AbortSignal): Promise<T | null>;
  /** All objects of a list, page by page; of each only what `keep` makes of it is held. Null drops it. */
  list<T, R>(asked: Asked, query: Query, keep: (item: T) => R | null, signal: AbortSignal): Promise<readonly R[]>;
  /** The beginning of a text (a log), at most `cap` bytes. */
  text(asked: Asked, query: Query, cap: number, signal: AbortSignal): Promise<{ text: string; cut: boolean }>;
  /** A strategic merge patch under our own field manager. `dryRun`: everything is checked, nothing stored. */
  patch<T>(asked: Asked, body: unknown, dryRun: boolean, signal: AbortSignal): Promise<T>;
}

export interface ApiOptions {
  readonly name: string;
  readonly sessions: Sessions;
  readonly clock: Clock;
  /** Milliseconds for one request. */
  readonly deadlineMs: number;
}

/** Stands in managedFields beside what is changed from here. */
export const FIELD_MANAGER = 'execfmt';

const PAGE = '500';
const ITEMS_CAP = 50_000;
const BODY_CAP = 64 * 1024 * 1024;
const LONGEST_WAIT_S = 5;
const NOT_FOUND = 404;
const GONE = 410;

interface Sent {
  readonly method: 'GET' | 'PATCH';
  readonly path: string;
  readonly body?: string;
}

interface Received {
  readonly status: number;
  readonly body: Buffer;
  readonly cut: boolean;
  readonly retryAfter: number | null;
}

export function createApi(options: ApiOptions): Api {
  const { clock, sessions } = options;
  const target = `cluster ${options.name}`;

  async function once(sent: Sent, cap: number, signal: AbortSignal): Promise<Received> {
    const deadline = clock.deadline(options.deadlineMs, signal);
    try {
      const session = await sessions.current(deadline);
      return await exchange(session.server, await session.options(), sent, cap, deadline);
    } catch (error) {
      if (deadline.aborted) {
        if (error instanceof ProbeError) throw error;
        const message = signal.aborted
          ? 'the question was given up'
          : `no answer within ${options.deadlineMs / 1_000} s`;
        throw clusterFailure(target, 'timeout', message, error);
      }
      throw translateConnection(target, error);
    }
  }

  /** Once more with new credentials after a 401, and after the pause that a 429 asks for when it is short. */
  async function ask(sent: Sent, cap: number, signal: AbortSignal): Promise<Received> {
    const first = await once(sent, cap, signal);
    if (first.status === 401) {
      sessions.renew();
      return once(sent, cap, signal);
    }
    if (first.status !== 429 || first.retryAfter === null || first.retryAfter > LONGEST_WAIT_S) return first;
    try {
      await clock.sleep(first.retryAfter * 1_000, signal);
    } catch {
      return first;
    }
    return once(sent, cap, signal);
  }

  /** Null for the one status that the caller has an answer to itself. */
  async function jsonUnless<T>(unless: number, sent: Sent, asked: Asked, signal: AbortSignal): Promise<T | null> {
    const received = await ask(sent, BODY_CAP, signal);
    if (received.status === unless) return null;
    if (received.status >= 300) throw failureOfStatus(target, received.status, statusOf(received.body), asked);
    if (received.cut) throw clusterFailure(target, 'too-large', 'the answer is larger than 64 MiB');
    try {
      return JSON.parse(received.body.toString('utf8')) as T;
    } catch (error) {
      throw clusterFailure(target, 'invalid', 'what answers there is no Kubernetes API', error);
    }
  }

  async function json<T>(sent: Sent, asked: Asked, signal: AbortSignal): Promise<T> {
    const answer = await jsonUnless<T>(0, sent, asked, signal);
    if (answer === null) throw clusterFailure(target, 'invalid', 'the API server answered with nothing');
    return answer;
  }

  const pathFor = ({ resource, namespace, name, below }: Asked, query: Query = {}) => {
    const text = new URLSearchParams(query).toString();
    return `${pathOf(resource, namespace, name, below)}${text === '' ? '' : `?${text}`}`;
  };

  /** Null when the snapshot that the pages come from is gone (API concepts, "Retrieving large results sets in chunks"). */
  async function listOnce<T, R>(
    asked: Asked,
    query: Query,
    keep: (item: T) => R | null,
    signal: AbortSignal,
  ): Promise<R[] | null> {
    const kept: R[] = [];
    let next: string | undefined;
    let seen = 0;
    do {
      const page = { ...query, limit: PAGE, ...(next && { continue: next }) };
      const sent: Sent = { method: 'GET', path: pathFor(asked, page) };
      const answer = await jsonUnless<ListDocument<T>>(GONE, sent, asked, signal);
      if (answer === null) return null;
      const { items, metadata } = answer;
      seen += items?.length ?? 0;
      if (seen > ITEMS_CAP) {
        throw clusterFailure(
          target,
          'too-large',
          `there are more than ${ITEMS_CAP} ${asked.resource.plural}: name the namespaces of this cluster in the configuration`,
        );
      }
      for (const item of items ?? []) {
        const result = keep(item);
        if (result !== null) kept.push(result);
      }
      next = metadata?.continue || undefined;
    } while (next !== undefined);
    return kept;
  }

  return {
    target,
    get: (asked, signal) => json({ method: 'GET', path: pathFor(asked) }, asked, signal),
    getIfThere: (asked, signal) => jsonUnless(NOT_FOUND, { method: 'GET', path: pathFor(asked) }, asked, signal),
    async list(asked, query, keep, signal) {
      const kept = (await listOnce(asked, query, keep, signal)) ?? (await listOnce(asked, query, keep, signal));
      if (kept === null) throw failureOfStatus(target, GONE, null, asked);
      return kept;
    },
    async text(asked, query, cap, signal) {
      const { status, body, cut } = await ask({ method: 'GET', path: pathFor(asked, query) }, cap, signal);
      if (status >= 300) throw failureOfStatus(target, status, statusOf(body), asked);
      return { text: body.toString('utf8'), cut };
    },
    patch(asked, body, dryRun, signal) {
      const query = { fieldManager: FIELD_MANAGER, ...(dryRun && { dryRun: 'All' }) };
      return json({ method: 'PATCH', path: pathFor(asked, query), body: JSON.stringify(body) }, asked, signal);
    },
  };
}

interface ListDocument<T> {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly T[] | null;
}

function statusOf(body: Buffer): StatusDocument | null {
  try {
    return JSON.parse(body.toString('utf8')) as StatusDocument;
  } catch {
    return null;
  }
}

function exchange(
  server: URL,
  options: Parameters<typeof httpsRequest>[1] & object,
  { method, path, body }: Sent,
  cap: number,
  signal: AbortSignal,
): Promise<Received> {
  const plain = server.protocol === 'http:';
  const base = server.pathname.replace(/\/$/, '');
  const headers = {
    ...options.headers,
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/strategic-merge-patch+json' }),
  };
  const all = {
    ...options,
    protocol: server.protocol,
    hostname: server.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: server.port || (plain ? 80 : 443),
    path: `${base}${path}`,
    method,
    headers,
    signal,
  };
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = (plain ? httpRequest : httpsRequest)(all, (answer) => {
      receive(answer, cap).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function receive(answer: IncomingMessage, cap: number): Promise<Received> {
  const chunks: Buffer[] = [];
  let size = 0;
  let cut = false;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const room = cap - size;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    size += chunk.length;
    cut = size > cap;
    if (cut) break;
  }
  const retryAfter = Number(answer.headers['retry-after'] ?? Number.NaN);
  return {
    status: answer.statusCode ?? 0,
    body: Buffer.concat(chunks),
    cut,
    retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
  };
}
