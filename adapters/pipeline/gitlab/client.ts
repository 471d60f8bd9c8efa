import { asList, asObject, type JsonObject } from '../../../src/image/json-values.ts';
import { problem } from '../../../src/playbook/answer.ts';
import { createAgent } from '../../http/create-agent.ts';
import { eachPart } from '../../http/read-text.ts';
import type { Reply } from '../../http/reply.ts';
import { type Ask, createRestClient, isSuccess } from '../../http/rest-client.ts';
import type { GitlabOptions } from './options.ts';
import { apiAddress } from './paths.ts';
import { patience } from './patience.ts';
import { statusFailure } from './status-failure.ts';

/** GitLab's REST API v4. Every call has its own deadline and rejects with ProbeError. */
export interface GitlabClient {
  get(ask: Ask): Promise<JsonObject>;
  /** At most `most` entries, over as many pages as that takes. */
  list(ask: Ask, most: number): Promise<readonly JsonObject[]>;
  /** The text as it comes; `visit` gives false when it has had enough. */
  text(ask: Ask, visit: (part: Uint8Array) => boolean): Promise<void>;
  post(ask: Ask, body: unknown): Promise<JsonObject>;
}

const PAGE = 50;

export function createClient(options: GitlabOptions): GitlabClient {
  const { name, token, clock } = options;
  const rest = createRestClient({
    name,
    kind: 'CI server',
    base: apiAddress(options.url),
    token,
    clock,
    agent: createAgent({ caPem: options.caPem, reach: null }, { connections: 6 }),
    headers: { accept: 'application/json, text/plain', ...(token !== null && { 'private-token': token }) },
    patience,
    statusFailure,
  });
  const { call: callMs, log: logMs } = options.deadlines ?? { call: 15_000, log: 60_000 };

  const json = async (ask: Ask, body?: unknown): Promise<{ value: unknown; headers: Reply['headers'] }> => {
    const { text, headers } = await rest.text(ask, body, callMs);
    return { value: parse(text, name, ask), headers };
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
      const question = rest.question(ask, undefined, logMs);
      const reply = await rest.exchange(question);
      return isSuccess(reply) ? eachPart(reply, question, visit) : rest.refuse(reply, question);
    },
  };
}

function parse(text: string, target: string, { what }: Ask): unknown {
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
