import type { IncomingMessage, ServerResponse } from 'node:http';
import type { createFaults, Fault } from './faults.ts';
import { METHODS } from './methods.ts';
import type { createRates } from './rates.ts';
import { readArguments } from './read-call.ts';
import { refuseScope } from './scopes.ts';
import type { World } from './world.ts';

/** A call that was made, without its token. */
export interface Call {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** What the Web API needs. */
export interface WebApiOptions {
  readonly world: World;
  readonly botToken: string;
  readonly appToken: string;
  readonly faults: ReturnType<typeof createFaults>;
  readonly calls: Call[];
  /** Null: Slack on a quiet day, which takes everything at any speed. */
  readonly rates: ReturnType<typeof createRates> | null;
  /** The address of a new Socket Mode connection. */
  readonly openConnection: () => string;
}

function tokenOf(req: IncomingMessage, args: Readonly<Record<string, unknown>>): string | null {
  const header = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  return header ?? (typeof args.token === 'string' ? args.token : null);
}

function run(options: WebApiOptions, method: string, token: string | null, args: Record<string, unknown>) {
  const { world, botToken, appToken, openConnection } = options;
  if (token === null) return { ok: false, error: 'not_authed' };
  if (token !== botToken && token !== appToken) return { ok: false, error: 'invalid_auth' };
  if (method === 'apps.connections.open') {
    return token === appToken ? { ok: true, url: openConnection() } : { ok: false, error: 'not_allowed_token_type' };
  }
  if (token !== botToken) return { ok: false, error: 'not_allowed_token_type' };
  const refused = refuseScope(world, method, args);
  if (refused !== null) return refused;
  return METHODS[method]?.(world, args) ?? { ok: false, error: 'unknown_method', req_method: method };
}

/** True when the fault was the answer. */
export function answerFault(
  fault: Fault | null,
  when: 'before' | 'after',
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  if (fault === null) return false;
  if (fault.kind === 'rate-limit' && when === 'before') {
    res.writeHead(429, { 'retry-after': String(fault.retryAfter) }).end('{"ok":false,"error":"ratelimited"}');
    return true;
  }
  if (fault.kind === 'error' && when === 'before') {
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: false, error: fault.error }));
    return true;
  }
  if (fault.kind === 'status' && fault.when === when) {
    res.writeHead(fault.status).end('Internal error');
    return true;
  }
  if (fault.kind === 'cut' && fault.when === when) {
    req.socket.destroy();
    return true;
  }
  return false;
}

/** Answers `POST /api/<method>` as Slack does: status 200 with `ok`, but for rate limits and faults. */
export async function answerWebApi(
  options: WebApiOptions,
  method: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const args = await readArguments(req);
  const { token: _, ...shown } = args ?? {};
  options.calls.push({ method, args: shown, at: performance.now() });
  const seconds = options.rates?.tooSoon(method, args?.channel) ?? null;
  const fault: Fault | null =
    seconds === null ? options.faults.next(method) : { kind: 'rate-limit', retryAfter: seconds };
  if (answerFault(fault, 'before', req, res)) return;
  const result =
    args === null ? { ok: false, error: 'invalid_post_type' } : run(options, method, tokenOf(req, args), args);
  if (answerFault(fault, 'after', req, res)) return;
  const scopes = { 'x-oauth-scopes': [...options.world.scopes].join(',') };
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...scopes }).end(JSON.stringify(result));
}
