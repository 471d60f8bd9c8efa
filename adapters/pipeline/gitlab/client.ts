import { asList, asObject, type JsonObject } from '../../../src/image/json-values.ts';
import { problem } from '../../../src/playbook/answer.ts';
import { createAgent, exchange, type Question, type Reply } from './exchange.ts';
import { translateNetworkError } from './network-failure.ts';
import type { GitlabOptions } from './options.ts';
import { apiAddress } from './paths.ts';
import { statusFailure } from './status-failure.ts';

export type Query = Readonly<Record<string, string | number>>;

/** Below `/api/v4`, with its parts already encoded. */
export interface Ask {
  readonly path: string;
  readonly query?: Query;
  /** For messages: `the pipelines of docs/pdf-renderer`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/** GitLab's REST API v4. Every call has its own deadline and rejects with ProbeError. */
export interface GitlabClient {
  get(ask: Ask): Promise<JsonObject>;
  /** At most `most` entries, over as many pages as that takes. */
  list(ask: Ask, most: number): Promise<readonly JsonObject[]>;
  /** The text as it comes; `visit` gives false when it has had enough. */
  text(ask: Ask, visit: (part: Uint8Array) => boolean): Promise<void>;
  post(ask: Ask, body: unknown): Promise<JsonObject>;
}

const LARGEST_ANSWER = 8 * 1024 ** 2;
const LARGEST_REFUSAL = 64 * 1024;
const PAGE = 50;

export function createClient(options: GitlabOptions): GitlabClient {
  const { name, token, clock } = options;
  const base = apiAddress(options.url);
  const agent = createAgent(options.caPem);
  const { call: callMs, log: logMs } = options.deadlines ?? { call: 15_000, log: 60_000 };

  const send = async (ask: Ask, body: unknown, ms: number): Promise<{ reply: Reply; question: Question }> => {
    const url = new URL(base + ask.path);
    for (const [key, value] of Object.entries(ask.query ?? {})) url.searchParams.set(key, String(value));
    const question: Question = {
      target: name,
      url,
      method: body === undefined ? 'GET' : 'POST',
      headers: headersOf(options, body !== undefined),
      body: body === undefined ? null : JSON.stringify(body),
      what: ask.what,
      signal: clock.deadline(ms, ask.signal),
      until: clock.monotonic() + ms,
    };
    const reply = await exchange(question, agent, clock);
    if (reply.statusCode >= 200 && reply.statusCode < 300) return { reply, question };
    const refusal = await readBody(reply, question, LARGEST_REFUSAL, 'cut');
    throw statusFailure({ reply, body: refusal, question, hasToken: token !== null, now: clock.now() });
  };
  const json = async (ask: Ask, body?: unknown): Promise<{ value: unknown; headers: Reply['headers'] }> => {
    const { reply, question } = await send(ask, body, callMs);
    const text = await readBody(reply, question, LARGEST_ANSWER, 'refuse');
    return { value: parse(text, question), headers: reply.headers };
  };
  return {
    get: async (ask) => objectOf((await json(ask)).value, name, ask),
    post: async (ask, body) => objectOf((await json(ask, body)).value, name, ask),
    list: async (ask, most) => {
      const found: JsonObject[] = [];
      // GitLab names the next page, and leaves it empty on the last one.
      for (let page = '1'; page !== '' && found.length < most; ) {
        const query = { ...ask.query, per_page: Math.min(PAGE, most), page };
        const { value, headers } = await json({ ...ask, query });
        found.push(
          ...asList(value)
            .map(asObject)
            .filter((entry) => entry !== null),
        );
        const next = headers['x-next-page'];
        page = typeof next === 'string' && /^\d{1,6}$/.test(next) && Number(next) > Number(page) ? next : '';
      }
      return found.slice(0, most);
    },
    text: async (ask, visit) => {
      const { reply, question } = await send(ask, undefined, logMs);
      await eachPart(reply, question, visit);
    },
  };
}

function headersOf({ token, name }: GitlabOptions, hasBody: boolean): Record<string, string> {
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw problem(
      'denied',
      name,
      'the token holds blanks or characters that no token has. Put it alone where the configuration says.',
    );
  return {
    accept: 'application/json, text/plain',
    'user-agent': 'execfmt',
    ...(hasBody && { 'content-type': 'application/json' }),
    ...(token !== null && { 'private-token': token }),
  };
}

async function eachPart(reply: Reply, question: Question, visit: (part: Uint8Array) => boolean): Promise<void> {
  try {
    for await (const part of reply.body) if (!visit(part as Buffer)) break;
  } catch (error) {
    throw translateNetworkError(error, { ...question, host: question.url.host });
  }
}

async function readBody(reply: Reply, question: Question, cap: number, beyond: 'refuse' | 'cut'): Promise<string> {
  const parts: Uint8Array[] = [];
  let total = 0;
  await eachPart(reply, question, (part) => {
    parts.push(part);
    total += part.length;
    return total <= cap;
  });
  if (total > cap && beyond === 'refuse')
    throw problem(
      'too-large',
      question.target,
      `the answer for ${question.what} is larger than ${cap} bytes, which GitLab’s are not.`,
    );
  return Buffer.concat(parts).toString('utf8', 0, cap);
}

function parse(text: string, { target, what }: Question): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem(
      'invalid',
      target,
      `the answer for ${what} is no JSON. Check that the address is GitLab’s own, not a sign-in page’s.`,
      error,
    );
  }
}

function objectOf(value: unknown, target: string, { what }: Ask): JsonObject {
  const object = asObject(value);
  if (object === null)
    throw problem('invalid', target, `the answer for ${what} is not what GitLab’s API gives. Check its address.`);
  return object;
}
