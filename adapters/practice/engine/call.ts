import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { EngineError } from './engine-error.ts';

/** One request to the engine, as its routes see it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** The route's variable part, decoded: a container, image or network. */
  readonly subject: string;
}

/** One entry point of the API. The pattern's only group is the subject. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly pattern: RegExp;
  handle(call: Call): void | Promise<void>;
}

const MAX_BODY = 1024 * 1024;

/** Answers with JSON, or with nothing. */
export function sendJson({ response }: Call, status: number, body?: unknown): void {
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Reads the request's JSON body by a schema; throws 400 when it does not fit or is larger than 1 MiB. */
export async function readBody<T extends z.ZodType>({ request }: Call, schema: T): Promise<z.output<T>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) throw new EngineError(400, 'the request body is too large');
    chunks.push(chunk as Buffer);
  }
  try {
    return schema.parse(JSON.parse(Buffer.concat(chunks).toString() || '{}'));
  } catch {
    throw new EngineError(400, 'the request body is not what this call takes');
  }
}

/** Whether a query parameter is set the way Docker reads booleans. */
export function isSet(query: URLSearchParams, name: string): boolean {
  return !['', '0', 'no', 'false', 'none', null].includes(query.get(name)?.trim().toLowerCase() ?? null);
}

/** The values of one filter; both forms are read: `{"name":["x"]}` and `{"name":{"x":true}}`. */
export function filterOf(query: URLSearchParams, name: string): string[] {
  const text = query.get('filters');
  if (!text) return [];
  let filters: unknown;
  try {
    filters = JSON.parse(text);
  } catch {
    throw new EngineError(400, 'invalid filter');
  }
  const value = typeof filters === 'object' && filters !== null ? Reflect.get(filters, name) : undefined;
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** A point in time of a query, in milliseconds: seconds since 1970 or ISO 8601; null when there is none. */
export function timeOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (!text || text === '0') return null;
  const at = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(at)) throw new EngineError(400, `invalid time in ${name}`);
  return at;
}
