import type { Clock } from '../../../src/ports/clock.ts';
import { basicHeader } from './basic-header.ts';
import { parseChallenges } from './challenge.ts';
import type { Credentials, FindCredentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { requestToken } from './request-token.ts';

/** Answers the registries' demands for a login and remembers what they took. */
export interface Logins {
  /** What to send at once; null when nothing is known yet. */
  remembered(endpoint: Endpoint, repository: string): string | null;
  forget(endpoint: Endpoint, repository: string): void;
  /** The Authorization header that answers a 401. `header` is null when there is nothing to answer with. Rejects with ProbeError. */
  answer(
    challenge: string | readonly string[] | undefined,
    endpoint: Endpoint,
    repository: string,
    signal: AbortSignal,
  ): Promise<LoginAnswer>;
}

export interface LoginAnswer {
  readonly header: string | null;
  /** Whether a login was at hand, for the message when it is refused. */
  readonly loggedIn: boolean;
}

interface Remembered {
  readonly header: string;
  /** By the clock's monotonic time. */
  readonly until: number;
}

/** A password may be changed by `docker login` meanwhile. */
const PASSWORD_KEPT_MS = 5 * 60_000;

export function createLogins(exchange: Exchange, find: FindCredentials, clock: Clock): Logins {
  const known = new Map<string, Remembered>();
  const keyOf = (endpoint: Endpoint, repository: string) => `${endpoint.registry}/${repository}`;

  return {
    remembered: (endpoint, repository) => {
      const entry = known.get(keyOf(endpoint, repository));
      return entry && entry.until > clock.monotonic() ? entry.header : null;
    },
    forget: (endpoint, repository) => {
      known.delete(keyOf(endpoint, repository));
    },
    answer: async (challenge, endpoint, repository, signal) => {
      const credentials = await find(endpoint.registry, signal);
      const loggedIn = credentials !== null;
      const offers = parseChallenges(challenge);
      const bearer = offers.find((offer) => offer.scheme === 'bearer' && offer.parameters.has('realm'));
      const ready = headerWithoutToken(
        credentials,
        offers.some((offer) => offer.scheme === 'basic'),
        bearer !== undefined,
      );
      const remember = (header: string, forMs: number): LoginAnswer => {
        known.set(keyOf(endpoint, repository), { header, until: clock.monotonic() + forMs });
        return { header, loggedIn };
      };
      if (ready !== null) return remember(ready, PASSWORD_KEPT_MS);
      if (bearer === undefined) return { header: null, loggedIn };
      const token = await requestToken({ exchange, endpoint, repository, challenge: bearer, credentials, signal });
      return remember(`Bearer ${token.value}`, token.lifetimeMs);
    },
  };
}

/** The header when no token has to be fetched first: a registry token, or a password where only Basic is offered. */
function headerWithoutToken(credentials: Credentials | null, basic: boolean, bearer: boolean): string | null {
  if (credentials?.kind === 'registry-token') return `Bearer ${credentials.token}`;
  if (bearer || !basic || credentials?.kind !== 'password') return null;
  return basicHeader(credentials.username, credentials.password);
}
