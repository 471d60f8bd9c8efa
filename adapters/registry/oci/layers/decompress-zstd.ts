import { once } from 'node:events';
import { constants, createZstdDecompress, type ZstdDecompress } from 'node:zlib';

/** Frames may ask for this much memory: 2^26 bytes. Builders’ default levels ask for at most 2^23. */
const WINDOW_LOG = 26;

/**
 * Decompresses zstd of any number of frames. Node 24's decoder ends silently after the first frame, so a new one is begun
 * at the byte where the last one stopped (its `bytesWritten` counts what it used, not what it was given).
 */
export async function* decompressZstd(source: AsyncIterable<Uint8Array>, chunkSize: number): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  const next = async (): Promise<Uint8Array | null> => {
    const turn = await chunks.next();
    return turn.done ? null : turn.value;
  };
  try {
    let rest = await next();
    while (rest !== null) {
      const decoder = createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } });
      const feeding = feed(decoder, rest, next);
      // Its failure is thrown where it is awaited; the decoder is destroyed with it, so the loop ends first.
      feeding.catch((error: Error) => decoder.destroy(error));
      for await (const chunk of decoder) yield chunk as Buffer;
      rest = (await feeding) ?? (await next());
    }
  } finally {
    await chunks.return?.(undefined);
  }
}

/** Gives a decoder what it takes for one frame. The bytes after that frame, or null when there are none at hand. */
async function feed(
  decoder: ZstdDecompress,
  first: Uint8Array,
  next: () => Promise<Uint8Array | null>,
): Promise<Uint8Array | null> {
  const closed = once(decoder, 'close').catch(() => undefined);
  let given = 0;
  for (let chunk: Uint8Array | null = first; chunk !== null; chunk = await next()) {
    const written = new Promise<void>((resolve) => decoder.write(chunk, () => resolve()));
    await Promise.race([written, closed]);
    given += chunk.length;
    const unused = given - decoder.bytesWritten;
    if (unused > 0) return chunk.subarray(chunk.length - Math.min(unused, chunk.length));
    if (decoder.destroyed) return null;
  }
  decoder.end();
  return null;
}
