import type { IncomingMessage } from 'node:http';
import { readCapped } from './read-capped.ts';

/** Reads the body of a delivery; null when it is larger than `cap` bytes, or does not come before the signal aborts. */
export async function readRequest(req: IncomingMessage, cap: number, signal: AbortSignal): Promise<Buffer | null> {
  const cut = () => req.destroy();
  signal.addEventListener('abort', cut, { once: true });
  try {
    const { bytes, whole } = await readCapped(req, cap);
    return whole ? bytes : null;
  } catch {
    return null;
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
