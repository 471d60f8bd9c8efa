import type { Clock } from '../../../src/ports/clock.ts';
import { type Endpoint, endpointOf, refuseUrl } from './endpoint.ts';
import type { Exchange, Question, Reply } from './exchange.ts';
import type { Logins } from './log-in.ts';
import type { Deadlines, RegistryOptions } from './options.ts';
import { problem } from './problem.ts';
import { bodyOf, readBody } from './read-body.ts';
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
}

export interface ClientParts {
  readonly registries: Readonly<Record<string, RegistryOptions>>;
  readonly exchange: Exchange;
  readonly logins: Logins;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
const LARGEST_ERROR = 64 * 1024;

interface Answered {
  readonly reply: Reply;
  readonly question: Question;
}

export function createRegistryClient(parts: ClientParts): RegistryClient {
  const { clock, deadlines } = parts;
  return {
    read: async (ask, cap) => {
      const signal = clock.deadline(deadlines.request, ask.signal);
      const { reply, question } = await getAuthorised(parts, { ...ask, signal });
      return { bytes: await readBody(reply, question, cap), headers: reply.headers };
    },
    stream: async function* (ask) {
      const { reply, question } = await getAuthorised(parts, ask);
      yield* bodyOf(reply, question);
    },
  };
}

/** Asks with what is remembered, answers one demand for a login, and gives back only a success. */
async function getAuthorised(parts: ClientParts, ask: Ask): Promise<Answered> {
  const endpoint = endpointOf(ask.registry, parts.registries);
  const { logins } = parts;
  const first = await get(parts, ask, endpoint, logins.remembered(endpoint, ask.repository));
  if (first.reply.statusCode === 200) return first;
  const body = await readRefusal(first);
  // A 401 of a storage that we were redirected to is no demand of the registry's.
  if (first.reply.statusCode !== 401 || first.question.url.host !== endpoint.host) {
    throw statusFailure({ ...first, body, loggedIn: false });
  }
  logins.forget(endpoint, ask.repository);
  const challenge = first.reply.headers['www-authenticate'];
  const { header, loggedIn } = await logins.answer(challenge, endpoint, ask.repository, ask.signal);
  if (header === null) throw statusFailure({ ...first, body, loggedIn });
  const second = await get(parts, ask, endpoint, header);
  if (second.reply.statusCode === 200) return second;
  // What was refused once would be refused again: the next one begins anew.
  if (second.reply.statusCode === 401) logins.forget(endpoint, ask.repository);
  throw statusFailure({ ...second, body: await readRefusal(second), loggedIn });
}

/** Follows redirects. Credentials go to the registry alone: neither to another host nor along any further from there. */
async function get(parts: ClientParts, ask: Ask, endpoint: Endpoint, authorization: string | null): Promise<Answered> {
  let url = new URL(`${endpoint.origin}/v2/${ask.repository}/${ask.path}`);
  let credentials = authorization;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const headers = {
      'user-agent': 'execfmt',
      ...(ask.accept !== undefined && { accept: ask.accept }),
      ...(credentials !== null && { authorization: credentials }),
    };
    const question: Question = { url, endpoint, headers, what: ask.what, signal: ask.signal };
    const reply = await parts.exchange(question);
    if (!REDIRECTS.includes(reply.statusCode)) return { reply, question };
    await readRefusal({ reply, question });
    url = nextUrl(reply, question);
    if (url.origin !== endpoint.origin) credentials = null;
  }
  const message = `${ask.what} is redirected more than ${MOST_REDIRECTS} times. See where the registry’s storage redirects to.`;
  throw problem('invalid', ask.registry, message);
}

function nextUrl(reply: Reply, { url, endpoint, what }: Question): URL {
  const location = reply.headers.location;
  const next = typeof location === 'string' ? URL.parse(location, url.href) : null;
  const why = next === null ? 'the redirect names no address' : refuseUrl(next, endpoint, 'any-host');
  if (next !== null && why === null) return next;
  throw problem(
    'denied',
    endpoint.registry,
    `${what} is redirected to where we do not go: ${why}. See where the registry’s storage redirects to.`,
  );
}

/** The body of an answer that is no success, as far as it is of use; never a reason of its own to fail. */
async function readRefusal({ reply, question }: Answered): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of bodyOf(reply, question)) {
      chunks.push(chunk);
      total += chunk.length;
      if (total > LARGEST_ERROR) break;
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ProbeError') throw error;
  }
  return Buffer.concat(chunks);
}
