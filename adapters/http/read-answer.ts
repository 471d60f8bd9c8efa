import { readCapped } from './read-capped.ts';

/** The whole body of an answer of `fetch`. Rejects where it is larger than `cap` bytes, and as the body does. */
export async function readAnswer({ body }: Response, cap: number): Promise<Buffer<ArrayBuffer>> {
  if (body === null) return Buffer.alloc(0);
  const { bytes, whole } = await readCapped(body, cap);
  if (whole) return bytes;
  throw new Error(`The answer is larger than ${cap} bytes.`);
}
