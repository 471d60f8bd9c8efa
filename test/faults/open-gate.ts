import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** A way to a server that can be closed and opened again at the same address, as if the server were gone and back. */
export interface Gate {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Connections are cut, and new ones refused. */
  close(): Promise<void>;
  open(): Promise<void>;
  /** New connections wait until it is opened. */
  hold(): void;
  stop(): Promise<void>;
}

/** Opens a gate on a free port before the server at an address. */
export async function openGate(target: string): Promise<Gate> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  const waiting = new Set<Socket>();
  let held = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const join = (near: Socket) => {
    const far = dial({ host, port: Number(port) });
    keep(far);
    near.pipe(far).pipe(near);
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  };
  const server = createServer((near) => {
    keep(near);
    if (held) waiting.add(near);
    else join(near);
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${own}`,
    close,
    async open() {
      held = false;
      for (const near of waiting) join(near);
      waiting.clear();
      if (!server.listening) await listen(own);
    },
    hold() {
      held = true;
      for (const socket of sockets) socket.destroy();
    },
    stop: close,
  };
}
