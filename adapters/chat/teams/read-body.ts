import type { IncomingMessage } from 'node:http';

/** Teams' largest messages are 100 KB; their entities and our own card's data come on top. Bytes. */
const LIMIT = 512 * 1024;

/** Reads a body; null when it is too large or does not come before the signal aborts. */
export async function readBody(req: IncomingMessage, signal: AbortSignal): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const cut = () => req.destroy();
  signal.addEventListener('abort', cut, { once: true });
  try {
    for await (const chunk of req) {
      size += chunk.length;
      if (size > LIMIT) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  } catch {
    return null;
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
