import type { Clock } from '../../../src/ports/clock.ts';
import { type BlobPart, type ByteRange, blobPartOf, rangeHeader } from './blob-part.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import type { Exchange, Reply } from './exchange.ts';
import { type Answered, followRedirects } from './follow-redirects.ts';
import type { Logins } from './log-in.ts';
import type { Deadlines, RegistryOptions } from './options.ts';
import { bodyOf, readBody, readRefusal } from './read-body.ts';
import { statusFailure } from './status-failure.ts';

/** One thing of a registry that is asked for. */
export interface Ask {
  readonly registry: string;
  readonly repository: string;
  /** Below `/v2/<repository>/`, with its query. */
  readonly path: string;
  readonly accept?: string;
  /** For messages: `the tag v3 of registry.corp.io/pdf-renderer`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

export interface Got {
  readonly bytes: Buffer;
  readonly headers: Reply['headers'];
}

/** Reads from registries: logs in where that is demanded, follows redirects. Rejects with ProbeError. */
export interface RegistryClient {
  /** The whole answer, of at most `cap` bytes. */
  read(ask: Ask, cap: number): Promise<Got>;
  /** The answer's bytes as they come. Leaving the loop early closes the connection. */
  stream(ask: Ask): AsyncIterable<Buffer>;
  /** A part of a blob as it comes. Its bytes must be read, or the signal aborted, for the connection to be free again. */
  part(ask: Ask, range: ByteRange): Promise<BlobPart>;
}

export interface ClientParts {
  readonly registries: Readonly<Record<string, RegistryOptions>>;
  readonly exchange: Exchange;
  readonly logins: Logins;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** How a request differs from a plain GET of everything. */
interface Manner {
  readonly range?: string;
  /** The status codes that are no failure. */
  readonly expected: readonly number[];
}

const EVERYTHING: Manner = { expected: [200] };

export function createRegistryClient(parts: ClientParts): RegistryClient {
  const { clock, deadlines } = parts;
  return {
    read: async (ask, cap) => {
      const signal = clock.deadline(deadlines.request, ask.signal);
      const { reply, question } = await getAuthorised(parts, { ...ask, signal }, EVERYTHING);
      return { bytes: await readBody(reply, question, cap), headers: reply.headers };
    },
    stream: async function* (ask) {
      const { reply, question } = await getAuthorised(parts, ask, EVERYTHING);
      yield* bodyOf(reply, question);
    },
    part: async (ask, range) => {
      const manner = { range: rangeHeader(range), expected: [200, 206, 416] };
      return blobPartOf(await getAuthorised(parts, ask, manner), range);
    },
  };
}

/** Asks with what is remembered, answers one demand for a login, and gives back only what is expected. */
async function getAuthorised(parts: ClientParts, ask: Ask, manner: Manner): Promise<Answered> {
  const endpoint = endpointOf(ask.registry, parts.registries);
  const { logins } = parts;
  const first = await get(parts, ask, manner, endpoint, logins.remembered(endpoint, ask.repository));
  if (manner.expected.includes(first.reply.statusCode)) return first;
  const body = await readRefusal(first.reply, first.question);
  // A 401 of a storage that we were redirected to is no demand of the registry's.
  if (first.reply.statusCode !== 401 || first.question.url.host !== endpoint.host) {
    throw statusFailure({ ...first, body, loggedIn: false });
  }
  logins.forget(endpoint, ask.repository);
  const challenge = first.reply.headers['www-authenticate'];
  const { header, loggedIn } = await logins.answer(challenge, endpoint, ask.repository, ask.signal);
  if (header === null) throw statusFailure({ ...first, body, loggedIn });
  const second = await get(parts, ask, manner, endpoint, header);
  if (manner.expected.includes(second.reply.statusCode)) return second;
  // What was refused once would be refused again: the next one begins anew.
  if (second.reply.statusCode === 401) logins.forget(endpoint, ask.repository);
  throw statusFailure({ ...second, body: await readRefusal(second.reply, second.question), loggedIn });
}

function get(
  parts: ClientParts,
  ask: Ask,
  manner: Manner,
  endpoint: Endpoint,
  authorization: string | null,
): Promise<Answered> {
  const headers = {
    'user-agent': 'execfmt',
    ...(ask.accept !== undefined && { accept: ask.accept }),
    ...(manner.range !== undefined && { range: manner.range }),
    ...(authorization !== null && { authorization }),
  };
  const url = new URL(`${endpoint.origin}/v2/${ask.repository}/${ask.path}`);
  return followRedirects(parts.exchange, { url, endpoint, headers, what: ask.what, signal: ask.signal });
}
