import type { Clock } from '../../../src/ports/clock.ts';
import { fetchCapped } from './fetch-capped.ts';
import { SignInError } from './teams-error.ts';

/** As which bot to sign in. */
export interface SignInOptions {
  readonly appId: string;
  readonly password: string;
  /** Of Entra, with the tenant: `https://login.microsoftonline.com/<tenant>`. */
  readonly loginUrl: string;
  /** Whose tokens are wanted: `https://api.botframework.com`. */
  readonly scope: string;
  readonly clock: Clock;
}

/** Gives tokens for the Bot connector. */
export interface SignIn {
  /** A token that is good for minutes to come. Rejects with SignInError. */
  token(): Promise<string>;
  /** The token was refused: the next one is a new one. */
  forget(): void;
}

/** A token is not used during its last minutes. */
const SPARE_MS = 5 * 60_000;

function read(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function ask({ appId, password, loginUrl, ...options }: SignInOptions) {
  const url = `${loginUrl.replace(/\/+$/, '')}/oauth2/v2.0/token`;
  const scope = `${options.scope.replace(/\/+$/, '')}/.default`;
  const form = { grant_type: 'client_credentials', client_id: appId, client_secret: password, scope };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  const answer = await fetchCapped(url, { method: 'POST', headers, body }).catch((cause: unknown) => {
    throw new SignInError(null, '', { cause });
  });
  const said = read(answer.text);
  const { access_token: token, expires_in: seconds, error } = said;
  if (answer.status !== 200 || typeof token !== 'string' || typeof seconds !== 'number') {
    // Only Entra's own short word is shown: nothing of the answer that could hold a secret.
    throw new SignInError(answer.status, typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : '');
  }
  return { token, seconds };
}

/**
 * Client credentials of one tenant (T6). Ours instead of the SDK's MSAL, for it gives its calls no deadline and takes none but
 * https addresses that it knows; the SDK calls it through its ServiceClientCredentialsFactory.
 */
export function createSignIn(options: SignInOptions): SignIn {
  const { clock } = options;
  let held: { readonly token: string; readonly until: number } | null = null;
  let asking: Promise<string> | null = null;
  const renew = async () => {
    const { token, seconds } = await ask(options);
    held = { token, until: clock.monotonic() + seconds * 1000 - SPARE_MS };
    return token;
  };
  return {
    async token() {
      if (held !== null && held.until > clock.monotonic()) return held.token;
      asking ??= renew().finally(() => {
        asking = null;
      });
      return asking;
    },
    forget() {
      held = null;
    },
  };
}
