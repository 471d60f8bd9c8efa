import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Monitor, Readiness } from '../app/watching/monitor.ts';
import type { WatchConfig } from '../config/config.ts';
import type { Log } from '../ports/log.ts';
import type { Redact } from '../view/create-redact.ts';
import { jsonText } from '../view/json-text.ts';
import { redactDeep } from '../view/redact-deep.ts';
import { UsageError } from './exit-status.ts';
import { VERSION } from './version.ts';

/** What those who watch the program are shown. */
export interface WatchParts {
  readonly watch: WatchConfig;
  readonly metrics: { readonly contentType: string; page(): Promise<string> };
  readonly monitor: () => Monitor | null;
  readonly redact: Redact;
  readonly log: Log;
}

/** `/healthz`, `/readyz` and `/metrics`. */
export interface WatchPages {
  /** False when the request is for something else. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Opens the address of its own, where one is configured. Rejects with UsageError. */
  open(): Promise<void>;
  close(): void;
}

/** The pages on the program's own address; on an address of their own, where one is configured, whoever gets there is told everything. */
export function createWatchPages(parts: WatchParts): WatchPages {
  const { metrics } = parts.watch;
  const mayRead = (request: IncomingMessage) =>
    metrics.kind === 'anybody' || (metrics.kind !== 'nobody' && isFromHere(request));
  let own: Server | null = null;
  return {
    handle: (request, response) => {
      const shows = metrics.kind === 'anybody' || (metrics.kind === 'this-machine' && isFromHere(request));
      return answer(parts, request, response, { metrics: shows, details: mayRead(request) });
    },
    async open() {
      if (metrics.kind !== 'own-address') return;
      const { host, port } = metrics.listen;
      own = createServer((request, response) => {
        if (!answer(parts, request, response, { metrics: true, details: true })) say(response, 404, 'not found');
      });
      const listening = once(own, 'listening');
      own.listen(port, host || undefined);
      await listening.catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new UsageError(`cannot listen on ${host}:${port} for watch.metrics: ${why}. Set another address.`, {
          cause: error,
        });
      });
    },
    close() {
      own?.close();
      own?.closeAllConnections();
    },
  };
}

function answer(
  parts: WatchParts,
  request: IncomingMessage,
  response: ServerResponse,
  shows: { readonly metrics: boolean; readonly details: boolean },
): boolean {
  const path = request.url?.split('?')[0];
  if (path !== '/healthz' && path !== '/readyz' && path !== '/metrics') return false;
  if (path === '/metrics' && !shows.metrics) return say(response, 404, 'not found');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return say(response, 405, 'only GET');
  }
  if (path === '/healthz') return say(response, 200, 'ok');
  const work = path === '/readyz' ? sayReadiness(parts, response, shows.details) : sayMetrics(parts, response);
  work.catch((error: unknown) => {
    parts.log.error(
      { path, error: error instanceof Error ? error.message : String(error) },
      'a page could not be told',
    );
    if (response.headersSent) response.destroy();
    else say(response, 500, 'execfmt could not tell; its log says why');
  });
  return true;
}

async function sayReadiness({ monitor, redact }: WatchParts, response: ServerResponse, details: boolean) {
  const found: Readiness = (await monitor()?.look()) ?? { ready: false, connections: [] };
  const connections = found.connections.map(({ detail, ...state }) => (details ? { ...state, detail } : state));
  const status = found.ready ? 'ready' : monitor() === null ? 'starting or stopping' : 'not ready';
  const document = redactDeep({ status, version: VERSION, connections }, redact);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  say(response, found.ready ? 200 : 503, jsonText(document, 2));
}

async function sayMetrics({ metrics }: WatchParts, response: ServerResponse) {
  const page = await metrics.page();
  response.setHeader('content-type', metrics.contentType);
  say(response, 200, page);
}

function say(response: ServerResponse, status: number, text: string): true {
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  response.writeHead(status).end(`${text.trimEnd()}\n`);
  return true;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** From this machine, not through a proxy on it, and under a name of its own: another name may be an attacker's that resolves here. */
function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const address = socket.remoteAddress ?? '';
  const family = isIP(address);
  if (family === 0 || !LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4')) return false;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(headers.host ?? '');
}
