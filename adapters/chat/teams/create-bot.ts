import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { fetchCapped } from './fetch-capped.ts';
import type { SignIn } from './sign-in.ts';
import { NoAnswer, TeamsHttpError } from './teams-error.ts';

/** How the bot is known, and by whom. */
export interface BotOptions {
  readonly appId: string;
  readonly signIn: SignIn;
  readonly loginUrl: string;
  readonly scope: string;
  /** The issuer of the tokens that come with deliveries. */
  readonly issuer: string;
  /** The OpenID document with the keys of these tokens. */
  readonly openIdUrl: string;
}

type ConnectorOptions = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]>;
type Client = NonNullable<ConnectorOptions['httpClient']>;

function wordOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown } };
    return typeof error?.code === 'string' && /^\w{1,80}$/.test(error.code) ? error.code : '';
  } catch {
    return '';
  }
}

function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : null;
}

/**
 * The HTTP client of the SDK's connector: with a deadline and a cap, and with our own errors for all that is not well, which
 * the SDK passes on as they are. Its own retries, which post twice after a 502 that had committed and retry 500 (T12), see none.
 */
function createHttpClient(signIn: SignIn): Client {
  return {
    async sendRequest(request) {
      const { method, url, body } = request;
      const asked = { method, headers: request.headers.rawHeaders(), ...(typeof body === 'string' && { body }) };
      const answer = await fetchCapped(url, asked).catch((cause: unknown) => {
        throw new NoAnswer({ cause });
      });
      if (answer.status === 401) signIn.forget();
      if (answer.status >= 300)
        throw new TeamsHttpError(answer.status, wordOf(answer.text), secondsOf(answer.headers.get('retry-after')));
      const headers = request.headers.clone();
      for (const name of headers.headerNames()) headers.remove(name);
      for (const [name, value] of answer.headers) headers.set(name, value);
      return { request, status: answer.status, headers, bodyAsText: answer.text };
    },
  };
}

/** botbuilder's authentication of deliveries, and its adapter, which sends. The app id is never empty: that would switch it off. */
export function createBot({ appId, signIn, loginUrl, scope, issuer, openIdUrl }: BotOptions) {
  if (appId.trim() === '') throw new TypeError('An empty app id switches botbuilder’s authentication off.');
  const authentication = new ConfigurationBotFrameworkAuthentication(
    {
      MicrosoftAppId: appId,
      ToChannelFromBotLoginUrl: loginUrl,
      ToChannelFromBotOAuthScope: scope,
      ToBotFromChannelTokenIssuer: issuer,
      ToBotFromChannelOpenIdMetadataUrl: openIdUrl,
      ToBotFromEmulatorOpenIdMetadataUrl: openIdUrl,
      OAuthUrl: scope,
    },
    {
      isValidAppId: async (id) => id === appId,
      isAuthenticationDisabled: async () => false,
      createCredentials: async () => ({
        async signRequest(resource) {
          resource.headers.set('authorization', `Bearer ${await signIn.token()}`);
          return resource;
        },
      }),
    },
    undefined,
    undefined,
    { httpClient: createHttpClient(signIn) },
  );
  return { authentication, adapter: new CloudAdapter(authentication) };
}

export type Bot = ReturnType<typeof createBot>;
