import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { createFaults } from './faults.ts';
import type { createKeys } from './tokens.ts';

/** The one bot and its tenant. */
export const APP = '11111111-2222-4333-8444-555555555555';
export const TENANT = '99999999-8888-4777-8666-555555555555';
export const PASSWORD = 'stand-in-app-password';
export const ISSUER = 'https://api.botframework.com';
const TOKEN_S = 3600;

async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return new URLSearchParams(text);
}

const json = (res: ServerResponse, status: number, body: unknown) =>
  void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const graphScope = (base: string) => `${base}/graph/.default`;

/** Entra's token endpoint, and the OpenID document of the Bot Framework with its keys. */
export function createIdentity(faults: ReturnType<typeof createFaults>, keys: ReturnType<typeof createKeys>) {
  /** With the scope that each is good for. */
  const tokens = new Map<string, string>();

  async function signIn(base: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const form = await readForm(req);
    const fault = faults.next('token');
    if (fault?.kind === 'status') return json(res, fault.status, { error: fault.word ?? 'temporarily_unavailable' });
    const scope = form.get('scope') ?? '';
    const right =
      form.get('grant_type') === 'client_credentials' &&
      [`${ISSUER}/.default`, graphScope(base)].includes(scope) &&
      form.get('client_id') === APP &&
      form.get('client_secret') === PASSWORD;
    if (!right) return json(res, 401, { error: 'invalid_client' });
    const token = randomUUID();
    tokens.set(token, scope);
    json(res, 200, { token_type: 'Bearer', expires_in: TOKEN_S, access_token: token });
  }

  return {
    isToken: (token: string) => tokens.get(token) === `${ISSUER}/.default`,
    isGraphToken: (token: string, base: string) => tokens.get(token) === graphScope(base),
    revoke: () => tokens.clear(),
    /** Answers `/login/…`, `/openid` and `/keys`; 404 to all else. */
    async answer(path: string, base: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
      if (path === `/login/${TENANT}/oauth2/v2.0/token`) return signIn(base, req, res);
      if (path !== '/openid' && path !== '/keys') return json(res, 404, {});
      const fault = faults.next('keys');
      if (fault?.kind === 'status') return json(res, fault.status, {});
      json(res, 200, path === '/keys' ? keys.set() : { issuer: ISSUER, jwks_uri: `${base}/keys` });
    },
  };
}
