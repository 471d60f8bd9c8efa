import { asList, asObject, type JsonObject, parseJsonObject } from '../../../src/image/json-values.ts';
import { problem } from '../../../src/playbook/answer.ts';
import { createAgent } from '../../http/create-agent.ts';
import { isLoopbackName } from '../../http/reachable-address.ts';
import { eachPart } from '../../http/read-text.ts';
import { type Ask, createRestClient } from '../../http/rest-client.ts';
import { DEFAULT_DEADLINES, type GithubOptions } from './options.ts';
import { patience } from './patience.ts';
import { statusFailure } from './status-failure.ts';
import { storageUrl } from './storage-url.ts';

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

const PAGE = 50;
const MOST_PAGES = 10;
/** Understood by github.com and by every Enterprise Server that is still maintained. */
const API_VERSION = '2022-11-28';

export function createClient(options: GithubOptions): GithubClient {
  const { name, token, clock, caPem } = options;
  const base = options.url.replace(/\/+$/, '');
  // Where logs are kept comes from outside; it may be this machine only when GitHub itself is on it.
  const reach = { loopback: isLoopbackName(new URL(base).hostname), linkLocal: false };
  const storage = createAgent({ caPem, reach }, { connections: 6 });
  const rest = createRestClient({
    name,
    kind: 'CI server',
    base,
    token,
    clock,
    agent: createAgent({ caPem, reach: null }, { connections: 6 }),
    headers: headersOf(token),
    patience,
    statusFailure,
  });
  const { call: callMs, log: logMs } = options.deadlines ?? DEFAULT_DEADLINES;

  return {
    get: async (ask) => objectOf((await rest.text(ask, undefined, callMs)).text, name, ask),
    post: async (ask, body) => {
      const { text } = await rest.text(ask, body, callMs);
      return text === '' ? null : objectOf(text, name, ask);
    },
    list: async (ask, key, most) => {
      const found: JsonObject[] = [];
      for (let page = 1; page <= MOST_PAGES && found.length < most; page++) {
        const query = { ...ask.query, per_page: String(Math.min(PAGE, most)), page: String(page) };
        const { text, headers } = await rest.text({ ...ask, query }, undefined, callMs);
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
      const question = rest.question(ask, undefined, logMs);
      const first = await rest.exchange(question);
      if (first.statusCode === 200) return eachPart(first, question, visit);
      if (first.statusCode !== 302) return rest.refuse(first, question);
      const location = first.headers.location;
      await first.body.dump().catch(() => {});
      const headers = { 'user-agent': 'execfmt' };
      const elsewhere = { ...question, url: storageUrl(location, question, reach), headers };
      const reply = await rest.exchange(elsewhere, storage);
      return reply.statusCode === 200 ? eachPart(reply, elsewhere, visit) : rest.refuse(reply, elsewhere);
    },
  };
}

function headersOf(token: string | null): Record<string, string> {
  return {
    accept: 'application/vnd.github+json',
    'x-github-api-version': API_VERSION,
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
