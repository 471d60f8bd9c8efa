import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still, but for deadlines. */
export const clock: Clock = { ...systemClock, now: () => new Date('2026-11-21T09:00:00Z'), monotonic: () => 0 };

export const never: AbortSignal = new AbortController().signal;

/** A server on a free port that answers every request with `handle`. */
export async function startPage(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
