import { createServer, connect as openSocket, type Socket } from 'node:net';

/** A way to a server that can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** Swallows all that comes, on old connections and new ones, without a word: as a firewall that drops, or a lost host. */
  drop(): void;
  /** Ends the old connections and lets new ones through. */
  heal(): void;
  close(): Promise<void>;
}

/** Passes on to a port of this machine, from a free one. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let dropping = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    near.resume();
    if (dropping) return;
    const far = openSocket(target, '127.0.0.1');
    keep(far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk) => {
        if (!dropping) to.write(chunk);
      });
      from.on('close', () => {
        if (!dropping) to.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    drop() {
      dropping = true;
    },
    heal() {
      endAll();
      dropping = false;
    },
    async close() {
      endAll();
      await new Promise((done) => server.close(done));
    },
  };
}
