import { type Answer, answerOf } from '../../../src/playbook/answer.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import { credentialFinder } from './credentials.ts';
import { endpointOf } from './endpoint.ts';
import { createExchange } from './exchange.ts';
import { createLogins } from './log-in.ts';
import { DEFAULT_DEADLINES, type ImageSourceOptions } from './options.ts';
import { readRefusal } from './read-body.ts';
import { statusFailure } from './status-failure.ts';

const PING = 'its start page /v2/';

/**
 * Whether a registry answers at `/v2/` (OCI distribution-spec, end-1), and takes the login that is configured or that `docker login`
 * left for it. A registry that lets anybody in is fine without one.
 */
export function tryRegistry(
  registry: string,
  options: Omit<ImageSourceOptions, 'deadlines'>,
  signal: AbortSignal,
): Promise<Answer<Reached>> {
  return answerOf(async () => {
    const { clock } = options;
    const exchange = createExchange();
    const endpoint = endpointOf(registry, options.registries);
    const within = clock.deadline(DEFAULT_DEADLINES.request, signal);
    const ping = async (authorization: string | null) => {
      const headers = { 'user-agent': 'execfmt', ...(authorization !== null && { authorization }) };
      const url = new URL(`${endpoint.origin}/v2/`);
      const question = { url, endpoint, headers, what: PING, signal: within };
      const reply = await exchange(question);
      const body = await readRefusal(reply, question);
      return { reply, question, body };
    };
    const first = await ping(null);
    if (first.reply.statusCode === 200) return { detail: 'answers, and asks for no login', lacks: [] };
    let refused = statusFailure({ ...first, loggedIn: false, now: clock.now() });
    if (first.reply.statusCode !== 401) throw refused;
    const logins = createLogins(exchange, credentialFinder(options, DEFAULT_DEADLINES, []), clock);
    const challenge = first.reply.headers['www-authenticate'];
    // Of no repository: the token service still looks whether the login is good.
    const demand = { challenge, endpoint, repository: '', signal: within };
    for await (const answer of logins.answers(demand)) {
      const next = await ping(answer.header);
      if (next.reply.statusCode === 200)
        return { detail: answer.loggedIn ? 'answers, and takes the login' : 'answers, without a login', lacks: [] };
      refused = statusFailure({ ...next, loggedIn: answer.loggedIn, now: clock.now() });
    }
    throw refused;
  });
}
