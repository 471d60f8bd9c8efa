import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Listening {
  /** Without a slash at its end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Key and certificate in PEM. */
export interface TlsPair {
  readonly key: string;
  readonly cert: string;
}

/** Serves on a free port of 127.0.0.1. */
export async function listen(handle: RequestListener, tls: TlsPair | null = null): Promise<Listening> {
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
