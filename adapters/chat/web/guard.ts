import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Next } from 'hono';

/** Refuses who is not at this machine, and forms that are not ours. */
export interface Guard {
  /** In every form; of this process only. */
  readonly token: string;
  check(c: Context<{ Bindings: HttpBindings }>, next: Next): Promise<Response | undefined>;
}

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * The page has no sign-in, so it is for loopback only: both ends of the connection, and the Host header (a name that an outside page
 * had resolve to 127.0.0.1 is not ours). What changes something must come from this origin and carry the token.
 */
export function createGuard(listen: string): Guard {
  const token = randomBytes(24).toString('hex');
  const port = /:(\d+)$/.exec(listen)?.[1] ?? '80';
  return {
    token,
    async check(c, next) {
      for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
      const { socket } = c.env.incoming;
      if (!isLoopback(socket.remoteAddress) || !isLoopback(socket.localAddress)) {
        return c.text('The page of execfmt is for the person at its own machine: open it there.', 403);
      }
      if (!isOwnHost(c.req.header('host'), port)) return c.text(`Open the page as http://127.0.0.1:${port}/.`, 403);
      if (c.req.method === 'GET' || c.req.method === 'HEAD') return void (await next());
      if (!isSameOrigin(c)) return c.text('This form comes from another page.', 403);
      const given = String(
        (
          await c.req.raw
            .clone()
            .formData()
            .catch(() => new FormData())
        ).get('csrf') ?? '',
      );
      if (!isToken(given, token))
        return c.text('This form is of an earlier start of execfmt: go back, reload the page, and try again.', 403);
      return void (await next());
    },
  };
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);
}

function isOwnHost(host: string | undefined, port: string): boolean {
  const [, name, given] = /^(localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?$/i.exec(host ?? '') ?? [];
  return name !== undefined && (given ?? '80') === port;
}

function isSameOrigin(c: Context): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = c.req.header('origin');
  return origin === undefined ? site === 'same-origin' : origin === `http://${c.req.header('host')}`;
}

function isToken(given: string, token: string): boolean {
  return given.length === token.length && timingSafeEqual(Buffer.from(given), Buffer.from(token));
}
