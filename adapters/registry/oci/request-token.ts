import { asText, parseJsonObject } from '../../../src/image/json-values.ts';
import type { RegistryCredentials } from '../../../src/image/registry-login.ts';
import { problem } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { basicHeader } from '../../http/basic-header.ts';
import type { Challenge } from './challenge.ts';
import { type Endpoint, refuseUrl } from './endpoint.ts';
import type { Exchange, Question } from './exchange.ts';
import { readBody } from './read-body.ts';
import { statusFailure } from './status-failure.ts';

/** A registry's demand for a login. */
export interface Demand {
  readonly challenge: string | readonly string[] | undefined;
  readonly endpoint: Endpoint;
  /** Empty: of none, only to see whether the login is good. */
  readonly repository: string;
  readonly signal: AbortSignal;
  /** By the clock's monotonic time, when the signal is going to abort; absent when that is not known. */
  readonly until?: number;
}

export interface TokenRequest {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly demand: Demand;
  /** A Bearer challenge with a realm. */
  readonly challenge: Challenge;
  readonly credentials: RegistryCredentials | null;
}

export interface Token {
  readonly value: string;
  /** From when it came; `issued_at` is not looked at, as the service's clock need not agree with ours. */
  readonly lifetimeMs: number;
}

const LARGEST_ANSWER = 256 * 1024;
/** The distribution specification's default for a token that does not say how long it is valid. */
const DEFAULT_LIFETIME_S = 60;
const LONGEST_LIFETIME_S = 3600;
/** So that a token does not expire on its way. */
const MARGIN_S = 10;

/**
 * Gets a token to pull one repository from the service that the registry names (distribution: token and OAuth2
 * specifications). The scope is ours, not the challenge's: a registry cannot make us ask for more. Rejects with ProbeError.
 */
export async function requestToken(asked: TokenRequest): Promise<Token> {
  const question = questionOf(asked, checkedRealm(asked));
  const reply = await asked.exchange(question);
  const body = await readBody(reply, question, LARGEST_ANSWER);
  if (reply.statusCode !== 200) {
    throw statusFailure({
      reply,
      body,
      question,
      loggedIn: asked.credentials !== null,
      code404: 'denied',
      now: asked.clock.now(),
    });
  }
  const answer = parseJsonObject(body.toString('utf8'));
  const value = asText(answer?.token) || asText(answer?.access_token);
  if (!value || !/^[\x21-\x7e]+$/.test(value)) {
    const message = `its token service ${question.url.host} answered without a token. See whether the registry’s authentication is set up right.`;
    throw problem('invalid', asked.demand.endpoint.registry, message);
  }
  const stated = answer?.expires_in;
  const seconds = typeof stated === 'number' && stated > 0 ? Math.min(stated, LONGEST_LIFETIME_S) : DEFAULT_LIFETIME_S;
  return { value, lifetimeMs: Math.max(seconds - MARGIN_S, 1) * 1000 };
}

/** The realm comes from outside and is sent our password: https anywhere, http only on the registry's own host. */
function checkedRealm({ challenge, demand: { endpoint } }: TokenRequest): URL {
  const realm = challenge.parameters.get('realm') ?? '';
  const url = URL.parse(realm);
  const why = url === null ? 'it is no URL' : refuseUrl(url, endpoint, 'same-host');
  if (url !== null && why === null && url.username === '' && url.password === '') return url;
  const message = `it sends us to a token service that is not safe to log in to: ${why ?? 'it names a user'}. Check the registry’s configuration of its token service.`;
  throw problem('denied', endpoint.registry, message);
}

function questionOf(asked: TokenRequest, realm: URL): Question {
  const { demand, challenge, credentials } = asked;
  const { endpoint, repository, signal, until } = demand;
  const what = repository === '' ? 'a token' : `a token to read ${repository}`;
  const common = { endpoint, signal, ...(until !== undefined && { until }), what };
  const scope = repository === '' ? null : `repository:${repository}:pull`;
  const service = challenge.parameters.get('service');
  if (credentials?.kind === 'identity-token') {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: credentials.token });
    form.set('client_id', 'execfmt');
    if (scope !== null) form.set('scope', scope);
    if (service !== undefined) form.set('service', service);
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    return { ...common, url: realm, method: 'POST', headers, body: form.toString() };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  if (scope !== null) url.searchParams.set('scope', scope);
  const login = credentials?.kind === 'password' ? basicHeader(credentials.username, credentials.password) : null;
  return { ...common, url, headers: { accept: 'application/json', ...(login && { authorization: login }) } };
}
