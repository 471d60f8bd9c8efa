import type { Clock } from '../../../src/ports/clock.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { type Answered, followRedirects } from './follow-redirects.ts';
import type { LoginAnswer, Logins } from './log-in.ts';
import { readRefusal } from './read-body.ts';
import { statusFailure } from './status-failure.ts';

/** One request to one host, before it is known what login it takes. */
export interface HostRequest {
  readonly endpoint: Endpoint;
  readonly repository: string;
  /** Below `/v2/<repository>/`, with its query. */
  readonly path: string;
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  /** The status codes that are no failure. */
  readonly expected: readonly number[];
  readonly what: string;
  readonly signal: AbortSignal;
  /** By the clock's monotonic time, when the signal is going to abort; absent when that is not known. */
  readonly until?: number;
}

interface Means {
  readonly exchange: Exchange;
  readonly logins: Logins;
  readonly clock: Clock;
}

const REFUSALS = [401, 403];

/**
 * Asks with the login that is remembered, answers a demand for one by each that may fit, and gives back only what is
 * expected. Rejects with ProbeError.
 */
export async function requestAuthorised(means: Means, asked: HostRequest): Promise<Answered> {
  const { logins, clock } = means;
  const { endpoint, repository, expected } = asked;
  const remembered = logins.remembered(endpoint, repository);
  const first = await send(means, asked, remembered);
  if (expected.includes(first.reply.statusCode)) return first;
  let failure = await refusal(first, remembered, clock);
  // A 401 of a storage that we were redirected to is no demand of the registry's.
  if (first.reply.statusCode !== 401 || first.question.url.host !== endpoint.host) throw failure;
  logins.forget(endpoint, repository);
  const { signal, until } = asked;
  const challenge = first.reply.headers['www-authenticate'];
  for await (const answer of logins.answers({ challenge, endpoint, repository, signal, ...(until && { until }) })) {
    const next = await send(means, asked, answer);
    const status = next.reply.statusCode;
    if (!REFUSALS.includes(status)) logins.remember(endpoint, repository, answer);
    if (expected.includes(status)) return next;
    failure = await refusal(next, answer, clock);
    // Another login may be let in where this one was not.
    if (!REFUSALS.includes(status)) break;
  }
  throw failure;
}

async function refusal(answered: Answered, login: LoginAnswer | null, clock: Clock) {
  const body = await readRefusal(answered.reply, answered.question);
  return statusFailure({ ...answered, body, loggedIn: login?.loggedIn ?? false, now: clock.now() });
}

function send({ exchange }: Means, asked: HostRequest, login: LoginAnswer | null): Promise<Answered> {
  const { endpoint, repository, path, method, what, signal, until } = asked;
  const url = new URL(`${endpoint.origin}/v2/${repository}/${path}`);
  const headers = {
    'user-agent': 'execfmt',
    ...asked.headers,
    ...(login !== null && { authorization: login.header }),
  };
  return followRedirects(exchange, { url, endpoint, method, headers, what, signal, ...(until && { until }) });
}
