import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { readCapped } from '../../http/read-capped.ts';

/** A request to an API server. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
}

/** What came back, at most `cap` bytes of it. `retryAfter` is in seconds. */
export interface Received {
  readonly status: number;
  readonly body: Buffer;
  readonly cut: boolean;
  readonly retryAfter: number | null;
}

/** One request and its answer over an agent's connection. Rejects with what node:http rejects with. */
export function exchange(
  server: URL,
  options: RequestOptions,
  { method, path, body }: Sent,
  cap: number,
  signal: AbortSignal,
): Promise<Received> {
  const plain = server.protocol === 'http:';
  const headers = {
    ...options.headers,
    accept: 'application/json',
    ...(body !== undefined && {
      // Node frames the body of a DELETE in no way by itself.
      'content-length': Buffer.byteLength(body),
      'content-type': method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json',
    }),
  };
  const all = {
    ...options,
    protocol: server.protocol,
    hostname: server.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: server.port || (plain ? 80 : 443),
    path: `${server.pathname.replace(/\/$/, '')}${path}`,
    method,
    headers,
    signal,
  };
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = (plain ? httpRequest : httpsRequest)(all, (answer) => {
      receive(answer, cap).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function receive(answer: IncomingMessage, cap: number): Promise<Received> {
  const { bytes, whole } = await readCapped(answer, cap);
  const retryAfter = Number(answer.headers['retry-after'] ?? Number.NaN);
  return {
    status: answer.statusCode ?? 0,
    body: bytes,
    cut: !whole,
    retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
  };
}
