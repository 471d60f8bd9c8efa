import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to a registry or an engine that can break. */
export interface FaultyProxy {
  /** `127.0.0.1:port`, or the path of its unix socket. */
  readonly address: string;
  /** From now on it answers with that status to everything. */
  refuse(status: number): void;
  /** From now on nobody listens. Repeatable. */
  stop(): Promise<void>;
}

export interface FaultyProxyOptions {
  readonly target: { readonly host: string; readonly port: number } | { readonly socketPath: string };
  /** Listens there instead of on a port of 127.0.0.1. */
  readonly socketPath?: string;
  /** Paths that contain one of these are refused with 403. */
  readonly denies?: readonly string[];
}

function forward({ target }: FaultyProxyOptions, asked: IncomingMessage, response: ServerResponse): void {
  const { method, url: path, headers } = asked;
  const passed = request({ ...target, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', () => response.destroy());
  response.on('close', () => passed.destroy());
  asked.pipe(passed);
}

/** Starts one; every request goes on to the target as it came. */
export async function startFaultyProxy(options: FaultyProxyOptions): Promise<FaultyProxy> {
  let status: number | null = null;
  const server = createServer((asked, response) => {
    const denied = options.denies?.some((part) => asked.url?.includes(part));
    const refused = status ?? (denied ? 403 : null);
    if (refused === null) return forward(options, asked, response);
    asked.resume();
    response.writeHead(refused, { 'content-type': 'application/json' }).end('{"message":"denied by policy"}');
  });
  await new Promise<void>((listening) => {
    if (options.socketPath) server.listen(options.socketPath, listening);
    else server.listen(0, '127.0.0.1', listening);
  });
  const address = options.socketPath ?? `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    refuse(next) {
      status = next;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}
