import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens on 127.0.0.1. `address` is `127.0.0.1:port`; `close` also ends connections that are still open. */
export interface LoopbackServer {
  readonly address: string;
  close(): Promise<void>;
}

/** Listens on a port of 127.0.0.1, a free one when none is given, never on another interface. Rejects when it is taken. */
export async function listenOnLoopback(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
