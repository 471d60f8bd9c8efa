import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';

/** A request's body as text. */
export async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function unpack(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The arguments of a call, of a form (with JSON in its fields) or of JSON; null when it is neither. */
export async function readArguments(req: IncomingMessage): Promise<Record<string, unknown> | null> {
  const body = await readText(req);
  const type = req.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) {
    try {
      return JSON.parse(body) as Record<string, unknown>;
    } catch {
      return null;
    }
  }
  if (!type.startsWith('application/x-www-form-urlencoded') && body !== '') return null;
  const structured = ['blocks', 'metadata', 'attachments', 'view', 'files'];
  return Object.fromEntries(
    Object.entries(parse(body)).map(([name, value]) => [name, structured.includes(name) ? unpack(value) : value]),
  );
}
