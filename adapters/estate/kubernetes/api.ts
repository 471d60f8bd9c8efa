import type { Clock } from '../../../src/ports/clock.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { StatusDocument } from './documents.ts';
import type { Sent } from './exchange.ts';
import { pathOf } from './resources.ts';
import type { Sessions } from './session.ts';
import { type Asked, failureOfStatus } from './translate-error.ts';
import { createTransport, type Transport } from './transport.ts';

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
  /** Deletes exactly the object with this uid; a conflict when another one has the name by now. */
  delete(asked: Asked, uid: string, dryRun: boolean, signal: AbortSignal): Promise<void>;
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
const NOT_FOUND = 404;
const GONE = 410;

/** What the questions below are asked with. */
interface Line {
  readonly target: string;
  readonly transport: Transport;
}

export function createApi(options: ApiOptions): Api {
  const target = `cluster ${options.name}`;
  const transport = createTransport({ ...options, target });
  const line: Line = { target, transport };
  return {
    target,
    get: (asked, signal) => json(line, { method: 'GET', path: pathFor(asked) }, asked, signal),
    getIfThere: (asked, signal) => jsonUnless(line, NOT_FOUND, { method: 'GET', path: pathFor(asked) }, asked, signal),
    async list(asked, query, keep, signal) {
      const once = () => listOnce(line, asked, query, keep, signal);
      const kept = (await once()) ?? (await once());
      if (kept === null) throw failureOfStatus(target, GONE, null, asked);
      return kept;
    },
    async text(asked, query, cap, signal) {
      const { status, body, cut } = await transport({ method: 'GET', path: pathFor(asked, query) }, cap, signal);
      if (status >= 300) throw failureOfStatus(target, status, statusOf(body), asked);
      return { text: body.toString('utf8'), cut };
    },
    patch(asked, body, dryRun, signal) {
      const query = { fieldManager: FIELD_MANAGER, ...(dryRun && { dryRun: 'All' }) };
      const sent: Sent = { method: 'PATCH', path: pathFor(asked, query), body: JSON.stringify(body) };
      return json(line, sent, asked, signal);
    },
    async delete(asked, uid, dryRun, signal) {
      const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
      const path = pathFor(asked, dryRun ? { dryRun: 'All' } : {});
      await json(line, { method: 'DELETE', path, body: JSON.stringify(options) }, asked, signal);
    },
  };
}

/** Null for the one status that the caller has an answer to itself. */
async function jsonUnless<T>(
  { target, transport }: Line,
  unless: number,
  sent: Sent,
  asked: Asked,
  signal: AbortSignal,
): Promise<T | null> {
  const received = await transport(sent, BODY_CAP, signal);
  if (received.status === unless) return null;
  if (received.status >= 300) throw failureOfStatus(target, received.status, statusOf(received.body), asked);
  if (received.cut) throw estateFailure(target, 'too-large', 'the answer is larger than 64 MiB');
  try {
    return JSON.parse(received.body.toString('utf8')) as T;
  } catch (error) {
    throw estateFailure(target, 'invalid', 'what answers there is no Kubernetes API', error);
  }
}

async function json<T>(line: Line, sent: Sent, asked: Asked, signal: AbortSignal): Promise<T> {
  const answer = await jsonUnless<T>(line, 0, sent, asked, signal);
  if (answer === null) throw estateFailure(line.target, 'invalid', 'the API server answered with nothing');
  return answer;
}

/** Null when the snapshot that the pages come from is gone (API concepts, "Retrieving large results sets in chunks"). */
async function listOnce<T, R>(
  line: Line,
  asked: Asked,
  query: Query,
  keep: (item: T) => R | null,
  signal: AbortSignal,
): Promise<R[] | null> {
  const kept: R[] = [];
  let next: string | undefined;
  let seen = 0;
  do {
    const path = pathFor(asked, { ...query, limit: PAGE, ...(next && { continue: next }) });
    const answer = await jsonUnless<ListDocument<T>>(line, GONE, { method: 'GET', path }, asked, signal);
    if (answer === null) return null;
    const items = answer.items ?? [];
    seen += items.length;
    if (seen > ITEMS_CAP) throw tooMany(line.target, asked);
    for (const item of items) {
      const result = keep(item);
      if (result !== null) kept.push(result);
    }
    next = answer.metadata?.continue || undefined;
  } while (next !== undefined);
  return kept;
}

function tooMany(target: string, { resource }: Asked): Error {
  const message = `there are more than ${ITEMS_CAP} ${resource.plural}: name the namespaces of this cluster in the configuration`;
  return estateFailure(target, 'too-large', message);
}

function pathFor({ resource, namespace, name, below }: Asked, query: Query = {}): string {
  const text = new URLSearchParams(query).toString();
  return `${pathOf(resource, namespace, name, below)}${text === '' ? '' : `?${text}`}`;
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
