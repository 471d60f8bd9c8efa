import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it came, with its attributes as plain values. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: number;
  /** Nanoseconds since 1970. */
  readonly from: bigint;
  readonly to: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2: an error. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A local OpenTelemetry collector: takes OTLP over HTTP in JSON, and refuses what a collector would refuse. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Of each request that was taken. */
  readonly headers: readonly IncomingMessage['headers'][];
  /** Why requests were refused. */
  readonly refused: readonly string[];
  /** The next requests get this status, so many of them. */
  fail(status: number, times: number): void;
  close(): Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;

/** Starts it on a free loopback port; with `token`, it wants `Authorization: Bearer <token>`. */
export async function startCollector(token: string | null = null): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const refused: string[] = [];
  let failing = { status: 200, times: 0 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const end = (status: number, why: string | null) => {
      if (why !== null) refused.push(why);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    };
    if (failing.times > 0) {
      failing = { ...failing, times: failing.times - 1 };
      return end(failing.status, `asked to fail with ${failing.status}`);
    }
    if (request.method !== 'POST' || request.url !== '/v1/traces') return end(404, `${request.method} ${request.url}`);
    if (token !== null && request.headers.authorization !== `Bearer ${token}`) return end(401, 'no token');
    if (request.headers['content-type'] !== 'application/json')
      return end(415, String(request.headers['content-type']));
    try {
      const body = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      spans.push(...readSpans(JSON.parse(text.toString('utf8')) as Json));
      headers.push(request.headers);
      end(200, null);
    } catch (error) {
      end(400, String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers,
    refused,
    fail: (status, times) => {
      failing = { status, times };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const list = (value: unknown): readonly Json[] => {
  if (!Array.isArray(value)) throw new Error('a list is missing');
  return value as Json[];
};

/** opentelemetry-proto, trace/v1 in the JSON encoding: ids in hex, times as texts. */
function readSpans(request: Json): CollectedSpan[] {
  return list(request.resourceSpans).flatMap(({ resource, scopeSpans }) =>
    list(scopeSpans).flatMap(({ spans }) =>
      list(spans).map((span) => ({
        traceId: id(span.traceId, 32),
        spanId: id(span.spanId, 16),
        parentSpanId: span.parentSpanId === undefined ? null : id(span.parentSpanId, 16),
        name: String(span.name),
        kind: Number(span.kind),
        from: BigInt(String(span.startTimeUnixNano)),
        to: BigInt(String(span.endTimeUnixNano)),
        attributes: attributesOf(span.attributes),
        status: span.status as CollectedSpan['status'],
        resource: attributesOf((resource as Json).attributes),
      })),
    ),
  );
}

function id(value: unknown, digits: number): string {
  const text = String(value);
  if (text.length !== digits || !/^[0-9a-f]+$/.test(text) || /^0+$/.test(text)) throw new Error(`no id: ${text}`);
  return text;
}

function attributesOf(value: unknown): Record<string, unknown> {
  return Object.fromEntries(list(value).map((one) => [String(one.key), Object.values(one.value as Json)[0]]));
}
