import type { RegistryCredentials } from '../../../src/image/registry-login.ts';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { basicHeader } from '../../http/basic-header.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { FindCredentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { type Demand, requestToken } from './request-token.ts';

/** Answers the registries' demands for a login and remembers what they took. */
export interface Logins {
  /** What to send at once; null when nothing is known yet. */
  remembered(endpoint: Endpoint, repository: string): LoginAnswer | null;
  remember(endpoint: Endpoint, repository: string, answer: LoginAnswer): void;
  forget(endpoint: Endpoint, repository: string): void;
  /**
   * The answers to try, one for each login that may fit, else one without a login; none when there is nothing to answer
   * with. Rejects with ProbeError, for a login that the token service refuses only after the others were tried.
   */
  answers(demand: Demand): AsyncIterable<LoginAnswer>;
}

export interface LoginAnswer {
  /** The Authorization header. */
  readonly header: string;
  readonly lifetimeMs: number;
  /** Whether it is by a login, for the message when it is refused. */
  readonly loggedIn: boolean;
}

/** A password may be changed by `docker login` meanwhile. */
const PASSWORD_KEPT_MS = 5 * 60_000;
const MOST_KEPT = 1_000;

export function createLogins(exchange: Exchange, find: FindCredentials, clock: Clock): Logins {
  const known = new Map<string, { readonly answer: LoginAnswer; readonly until: number }>();
  const keyOf = (endpoint: Endpoint, repository: string) => `${endpoint.registry}/${repository}`;
  return {
    remembered: (endpoint, repository) => {
      const entry = known.get(keyOf(endpoint, repository));
      return entry && entry.until > clock.monotonic() ? entry.answer : null;
    },
    remember: (endpoint, repository, answer) => {
      const [oldest] = known.keys();
      if (known.size >= MOST_KEPT && oldest !== undefined) known.delete(oldest);
      known.set(keyOf(endpoint, repository), { answer, until: clock.monotonic() + answer.lifetimeMs });
    },
    forget: (endpoint, repository) => {
      known.delete(keyOf(endpoint, repository));
    },
    answers: (demand) => answersTo(demand, { exchange, clock, find }),
  };
}

interface Means {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly find: FindCredentials;
}

async function* answersTo(demand: Demand, means: Means): AsyncGenerator<LoginAnswer> {
  const { endpoint, repository, signal } = demand;
  const offers = parseChallenges(demand.challenge);
  let anonymous = true;
  let refusal: ProbeError | null = null;
  for await (const credentials of means.find({ registry: endpoint.registry, repository, signal })) {
    anonymous = false;
    try {
      const answer = await answerBy(credentials, offers, demand, means);
      if (answer !== null) yield answer;
    } catch (error) {
      if (!(error instanceof ProbeError) || error.why.code !== 'denied') throw error;
      refusal = error;
    }
  }
  if (refusal !== null) throw refusal;
  const answer = anonymous ? await answerBy(null, offers, demand, means) : null;
  if (answer !== null) yield answer;
}

async function answerBy(
  credentials: RegistryCredentials | null,
  offers: readonly Challenge[],
  demand: Demand,
  { exchange, clock }: Means,
): Promise<LoginAnswer | null> {
  const loggedIn = credentials !== null;
  if (credentials?.kind === 'registry-token') {
    return { header: `Bearer ${credentials.token}`, lifetimeMs: PASSWORD_KEPT_MS, loggedIn };
  }
  const bearer = offers.find((offer) => offer.scheme === 'bearer' && offer.parameters.has('realm'));
  if (bearer !== undefined) {
    const { value, lifetimeMs } = await requestToken({ exchange, clock, demand, challenge: bearer, credentials });
    return { header: `Bearer ${value}`, lifetimeMs, loggedIn };
  }
  if (credentials?.kind !== 'password' || !offers.some((offer) => offer.scheme === 'basic')) return null;
  const header = basicHeader(credentials.username, credentials.password);
  return { header, lifetimeMs: PASSWORD_KEPT_MS, loggedIn };
}
