import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What went through the proxy since the last time it was asked. */
export interface Traffic {
  /** To the client: headers and bodies, as they went through its sockets. */
  readonly bytes: number;
  /** `GET manifests`, `HEAD manifests`, `GET blobs`, `GET ping`, in the order of their coming. */
  readonly requests: readonly string[];
}

/** A proxy in front of a registry that counts what is served, and adds latency. */
export interface CountingProxy {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Milliseconds that each new connection and each request waits: one round trip each. */
  latency: number;
  /** What went through since the last call. */
  take(): Traffic;
  stop(): Promise<void>;
}

/** Starts a proxy for the registry at `127.0.0.1:port`. */
export async function startCountingProxy(registry: string): Promise<CountingProxy> {
  const [host, port] = registry.split(':');
  const agent = new Agent({ keepAlive: true });
  const sockets = new Map<Socket, number>();
  let closed = 0;
  let requests: string[] = [];
  const forward = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    requests.push(`${asked.method} ${kindOf(asked.url ?? '')}`);
    if (proxy.latency > 0) await sleep(proxy.latency);
    const { method, url: path, headers } = asked;
    const onward = request({ host, port, agent, method, path, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  };
  const server = createServer((asked, answer) => void forward(asked, answer));
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, 0);
    socket.on('close', () => {
      closed += socket.bytesWritten - (sockets.get(socket) ?? 0);
      sockets.delete(socket);
    });
    if (proxy.latency === 0) return;
    socket.pause();
    void sleep(proxy.latency).then(() => socket.resume());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: CountingProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    latency: 0,
    take: () => {
      let bytes = closed;
      for (const [socket, before] of sockets) {
        bytes += socket.bytesWritten - before;
        sockets.set(socket, socket.bytesWritten);
      }
      const traffic = { bytes, requests };
      closed = 0;
      requests = [];
      return traffic;
    },
    stop: async () => {
      server.closeAllConnections();
      agent.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

const kindOf = (path: string): string => /\/(manifests|blobs|tags|referrers)\//.exec(path)?.[1] ?? 'ping';
