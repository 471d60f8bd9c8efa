import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ACK_MS, type Delivery, type Outgoing } from './delivery.ts';

const TYPES = { command: 'slash_commands', press: 'interactive', mention: 'events_api' } as const;

/** Socket Mode (S18): connections opened with a ticket, hello, envelopes and their acknowledgements. */
export function createSockets() {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open = new Set<WebSocket>();
  const waiting = new Map<string, () => void>();
  let count = 0;

  const welcome = (socket: WebSocket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('message', (data) => {
      const { envelope_id: id } = JSON.parse(String(data)) as { envelope_id?: string };
      if (id !== undefined) waiting.get(id)?.();
    });
    socket.send(JSON.stringify({ type: 'hello', num_connections: open.size, connection_info: { app_id: 'A0APP' } }));
  };

  return {
    /** A ticket for one connection. */
    ticket(): string {
      count += 1;
      tickets.add(`t${count}`);
      return `t${count}`;
    },
    upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
      const ticket = new URL(req.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
        return;
      }
      server.handleUpgrade(req, socket, head, welcome);
    },
    count: () => open.size,
    /** Sends an envelope and waits for its acknowledgement, at most 3 s. */
    async deliver(outgoing: Outgoing): Promise<Delivery> {
      const started = performance.now();
      const none: Delivery = { ...outgoing, status: null, acknowledged: false, afterMs: null, request: null };
      const socket = [...open].at(-1);
      if (socket === undefined) return none;
      count += 1;
      const id = `e${count}`;
      const { kind, payload } = outgoing;
      const acknowledged = await new Promise<boolean>((resolve) => {
        const late = setTimeout(() => resolve(false), ACK_MS);
        waiting.set(id, () => {
          clearTimeout(late);
          resolve(true);
        });
        socket.send(
          JSON.stringify({ envelope_id: id, type: TYPES[kind], payload, accepts_response_payload: kind !== 'mention' }),
        );
      });
      waiting.delete(id);
      return { ...none, acknowledged, afterMs: acknowledged ? performance.now() - started : null };
    },
    /** Asks every connection to be opened anew, as Slack does every few hours. */
    refresh(): void {
      for (const socket of open) socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    },
    cut(): void {
      for (const socket of open) socket.terminate();
    },
    close(): void {
      for (const socket of open) socket.terminate();
      server.close();
    },
  };
}
