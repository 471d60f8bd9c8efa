import { asList, asObject, type JsonObject, parseJsonObject } from '../../../src/image/json-values.ts';
import { problem } from '../../../src/playbook/answer.ts';
import { createAgent, exchange, type Question, type Reply } from './exchange.ts';
import { DEFAULT_DEADLINES, type GithubOptions } from './options.ts';
import { isLoopbackName } from './reachable-address.ts';
import { eachPart, readBody } from './read-body.ts';
import { statusFailure } from './status-failure.ts';
import { storageUrl } from './storage-url.ts';

/** A call below the API's address, the parts of its path already encoded. */
export interface Ask {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** For messages: `the runs of docs/pdf-renderer`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/** GitHub's REST API. Every call has its own deadline and rejects with ProbeError. */
export interface GithubClient {
  get(ask: Ask): Promise<JsonObject>;
  /** Of a list that stands under `key`, at most `most` entries, over as many pages as that takes. */
  list(ask: Ask, key: string, most: number): Promise<readonly JsonObject[]>;
  /** A text that is kept elsewhere: the redirect is followed once, without the token. `visit` gives false when it has had enough. */
  text(ask: Ask, visit: (part: Uint8Array) => boolean): Promise<void>;
  /** The answer; null when it has no body. */
  post(ask: Ask, body: unknown): Promise<JsonObject | null>;
}

const LARGEST_ANSWER = 8 * 1024 ** 2;
const LARGEST_REFUSAL = 64 * 1024;
const PAGE = 50;
const MOST_PAGES = 10;
/** Understood by github.com and by every Enterprise Server that is still maintained. */
const API_VERSION = '2022-11-28';

export function createClient(options: GithubOptions): GithubClient {
  const { name, token, clock } = options;
  const base = options.url.replace(/\/+$/, '');
  const loopback = isLoopbackName(new URL(base).hostname);
  const [agent, storage] = [createAgent(options.caPem, null), createAgent(options.caPem, { loopback })];
  const { call: callMs, log: logMs } = options.deadlines ?? DEFAULT_DEADLINES;

  const questionOf = (ask: Ask, body: unknown, ms: number): Question => {
    const url = new URL(base + ask.path);
    for (const [key, value] of Object.entries(ask.query ?? {})) url.searchParams.set(key, value);
    return {
      target: name,
      url,
      method: body === undefined ? 'GET' : 'POST',
      headers: headersOf(options, body !== undefined),
      body: body === undefined ? null : JSON.stringify(body),
      what: ask.what,
      signal: clock.deadline(ms, ask.signal),
      until: clock.monotonic() + ms,
    };
  };
  const refuse = async (reply: Reply, question: Question): Promise<never> => {
    const body = await readBody(reply, question, LARGEST_REFUSAL, 'cut');
    throw statusFailure({ reply, body, question, hasToken: token !== null, now: clock.now() });
  };
  const json = async (ask: Ask, body?: unknown) => {
    const question = questionOf(ask, body, callMs);
    const reply = await exchange(question, agent, clock);
    if (reply.statusCode < 200 || reply.statusCode > 299) await refuse(reply, question);
    return { text: await readBody(reply, question, LARGEST_ANSWER, 'refuse'), headers: reply.headers };
  };
  return {
    get: async (ask) => objectOf((await json(ask)).text, name, ask),
    post: async (ask, body) => {
      const { text } = await json(ask, body);
      return text === '' ? null : objectOf(text, name, ask);
    },
    list: async (ask, key, most) => {
      const found: JsonObject[] = [];
      for (let page = 1; page <= MOST_PAGES && found.length < most; page++) {
        const query = { ...ask.query, per_page: String(Math.min(PAGE, most)), page: String(page) };
        const { text, headers } = await json({ ...ask, query });
        found.push(
          ...asList(objectOf(text, name, ask)[key])
            .map(asObject)
            .filter((entry) => entry !== null),
        );
        // Only whether there is a next page is taken from there, not its address.
        if (!/;\s*rel="?next"?/.test(String(headers.link ?? ''))) break;
      }
      return found.slice(0, most);
    },
    text: async (ask, visit) => {
      const question = questionOf(ask, undefined, logMs);
      const first = await exchange(question, agent, clock);
      if (first.statusCode === 200) return eachPart(first, question, visit);
      if (first.statusCode !== 302) return refuse(first, question);
      const location = first.headers.location;
      await first.body.dump().catch(() => {});
      const headers = { 'user-agent': 'execfmt' };
      const elsewhere = { ...question, url: storageUrl(location, question, loopback), headers };
      const reply = await exchange(elsewhere, storage, clock);
      return reply.statusCode === 200 ? eachPart(reply, elsewhere, visit) : refuse(reply, elsewhere);
    },
  };
}

function headersOf({ token, name }: GithubOptions, hasBody: boolean): Record<string, string> {
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw problem(
      'denied',
      name,
      'the token holds blanks or characters that no token has. Put it alone where the configuration says.',
    );
  return {
    accept: 'application/vnd.github+json',
    'user-agent': 'execfmt',
    'x-github-api-version': API_VERSION,
    ...(hasBody && { 'content-type': 'application/json' }),
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
}

function objectOf(text: string, target: string, { what }: Ask): JsonObject {
  const object = parseJsonObject(text);
  if (object !== null) return object;
  throw problem(
    'invalid',
    target,
    `the answer for ${what} is not what GitHub’s API gives. Check that its address is the API’s.`,
  );
}
