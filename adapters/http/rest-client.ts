import { type ProbeError, problem } from '../../src/playbook/answer.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { exchange, type Patience, type Question } from './exchange.ts';
import { readText } from './read-text.ts';
import type { Refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { Agent } from './undici.ts';

/** A call below an API's address, the parts of its path already encoded. */
export interface Ask {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** For messages: `the pipelines of docs/pdf-renderer`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/** An API, and what of it is its vendor's own. */
export interface RestApi {
  /** The server's name in the configuration, and what it is there: `CI server`. */
  readonly name: string;
  readonly kind: string;
  /** Without a slash at its end. */
  readonly base: string;
  readonly token: string | null;
  readonly clock: Clock;
  readonly agent: Agent;
  /** Of every call. The token is in them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly patience: Patience;
  /** What an answer other than success means. */
  readonly statusFailure: (refusal: Refusal) => ProbeError;
}

/** The calls of an API that takes and gives JSON. Each has its own deadline, `ms`, and rejects with ProbeError. */
export interface RestClient {
  question(ask: Ask, body: unknown, ms: number): Question;
  /** The answer as it is, over other connections than the API's own where they are given. */
  exchange(question: Question, agent?: Agent): Promise<Reply>;
  /** Rejects with what an answer means that is no success. */
  refuse(reply: Reply, question: Question): Promise<never>;
  /** The text of a success. */
  text(ask: Ask, body: unknown, ms: number): Promise<{ text: string; headers: Reply['headers']; question: Question }>;
}

const LARGEST_ANSWER = 8 * 1024 ** 2;
const LARGEST_REFUSAL = 64 * 1024;

export function createRestClient(api: RestApi): RestClient {
  const { name, kind, base, token, clock } = api;
  const ask = (question: Question, agent = api.agent) => exchange(question, agent, clock, api.patience);
  const refuse = async (reply: Reply, question: Question): Promise<never> => {
    const body = await readText(reply, question, LARGEST_REFUSAL, 'cut');
    throw api.statusFailure({ reply, body, question, hasToken: token !== null, now: clock.now() });
  };
  const question = (asked: Ask, body: unknown, ms: number): Question => {
    const url = new URL(base + asked.path);
    for (const [key, value] of Object.entries(asked.query ?? {})) url.searchParams.set(key, String(value));
    checkToken(token, name);
    return {
      target: name,
      kind,
      url,
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'user-agent': 'execfmt', ...api.headers, ...(body !== undefined && JSON_BODY) },
      body: body === undefined ? null : JSON.stringify(body),
      what: asked.what,
      signal: clock.deadline(ms, asked.signal),
      until: clock.monotonic() + ms,
    };
  };
  return {
    question,
    exchange: ask,
    refuse,
    text: async (asked, body, ms) => {
      const sent = question(asked, body, ms);
      const reply = await ask(sent);
      if (!isSuccess(reply)) return refuse(reply, sent);
      return { text: await readText(reply, sent, LARGEST_ANSWER, 'refuse'), headers: reply.headers, question: sent };
    },
  };
}

const JSON_BODY = { 'content-type': 'application/json' };

/** Whether a call succeeded (2xx). */
export const isSuccess = ({ statusCode }: Reply): boolean => statusCode >= 200 && statusCode < 300;

/** Throws ProbeError for a token that no header can carry. */
function checkToken(token: string | null, target: string): void {
  if (token === null || /^[\x21-\x7e]+$/.test(token)) return;
  const message = 'the token holds blanks or characters that no token has. Put it alone where the configuration says.';
  throw problem('denied', target, message);
}
