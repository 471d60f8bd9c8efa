import { createHash } from 'node:crypto';
import { decompress } from './decompress.ts';
import type { ReadRange } from './layer.ts';
import { LayerFault } from './layer-fault.ts';
import type { Chunk } from './layer-listing.ts';

/** Chunks up to this size are read whole and checked; of larger ones no more is read than is asked for. */
const WHOLE_CHUNK = 8 * 1024 ** 2;

/** Where the bytes of chunks that were read before are found, and kept. */
export interface ChunkStore {
  get(chunk: Chunk): Promise<Uint8Array | null>;
  set(chunk: Chunk, bytes: Uint8Array): Promise<void>;
}

/** Reads a stretch of a file out of its chunks, one range of the blob for each. Rejects with LayerFault. */
export async function readChunks(
  chunks: readonly Chunk[],
  offset: number,
  length: number,
  read: ReadRange,
  store: ChunkStore,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (const chunk of chunks) {
    const from = Math.max(offset, chunk.offset);
    const to = Math.min(offset + length, chunk.offset + chunk.size);
    if (from >= to || chunk.from === null) continue;
    const content = await contentOf(chunk, to - chunk.offset, read, store);
    bytes.set(content.subarray(from - chunk.offset, to - chunk.offset), from - offset);
  }
  return bytes;
}

/** At least the first `needed` bytes of a chunk. */
async function contentOf(chunk: Chunk, needed: number, read: ReadRange, store: ChunkStore): Promise<Uint8Array> {
  const isWhole = chunk.size <= WHOLE_CHUNK;
  if (!isWhole) return decompressed(chunk, needed, read);
  const kept = await store.get(chunk);
  if (kept !== null && kept.length === chunk.size) return kept;
  const content = await decompressed(chunk, chunk.size, read);
  if (chunk.digest !== null && !fits(content, chunk.digest)) {
    throw new LayerFault('invalid', 'a part of it is not what its table of contents says');
  }
  await store.set(chunk, content);
  return content;
}

async function decompressed({ from, to, inner }: Chunk, needed: number, read: ReadRange): Promise<Buffer> {
  const content = Buffer.alloc(needed);
  let position = -inner;
  if (from === null) return content;
  for await (const part of decompress(read(from, to))) {
    const skipped = Math.max(-position, 0);
    if (skipped < part.length) part.copy(content, position + skipped, skipped);
    position += part.length;
    if (position >= needed) return content;
  }
  throw new LayerFault('invalid', 'its table of contents promises more than there is');
}

function fits(content: Uint8Array, digest: string): boolean {
  const [algorithm = '', hex] = digest.split(':');
  return algorithm === 'sha256' && createHash('sha256').update(content).digest('hex') === hex;
}
