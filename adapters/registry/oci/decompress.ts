import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { decompressZstd } from './decompress-zstd.ts';
import { LayerFault } from './layer-fault.ts';

/** Decompressed bytes of one layer, and their ratio to the compressed ones once a bomb could be told from a sparse file. */
const MOST_BYTES = 4 * 1024 ** 3;
const MOST_RATIO = 1100; // gzip itself cannot exceed 1032
const RATIO_COUNTS_FROM = 64 * 1024 ** 2;

/**
 * Decompresses a layer by what its first bytes say it is (media types lie): gzip, zstd or none. Rejects with LayerFault;
 * errors of the source come through as they are.
 */
export async function* decompress(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const counted = { bytes: 0 };
  const source = count(compressed, counted)[Symbol.asyncIterator]();
  try {
    const start = await readStart(source);
    const whole = prepend(start, source);
    let total = 0;
    for await (const chunk of translateErrors(decoderFor(start, whole))) {
      total += chunk.length;
      if (total > MOST_BYTES) throw new LayerFault('too-large', 'it is larger than 4 GiB when decompressed');
      if (total > RATIO_COUNTS_FROM && total > counted.bytes * MOST_RATIO) {
        throw new LayerFault(
          'too-large',
          `it decompresses to more than ${MOST_RATIO} times its size, as only a bomb does`,
        );
      }
      yield chunk;
    }
  } finally {
    await source.return?.(undefined);
  }
}

async function* count(source: AsyncIterable<Uint8Array>, counted: { bytes: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    counted.bytes += chunk.length;
    yield chunk;
  }
}

/** The first bytes, at least six unless there are fewer. */
async function readStart(source: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let start = Buffer.alloc(0);
  while (start.length < 6) {
    const next = await source.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

async function* prepend(start: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function decoderFor(start: Buffer, whole: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const magic = start.toString('hex');
  if (magic.startsWith('1f8b')) return gunzip(whole);
  // A zstd frame, or one of the skippable frames that may stand before it (RFC 8878, 3.1).
  if (magic.startsWith('28b52ffd') || /^5.2a4d18/.test(magic)) return decompressZstd(whole);
  if (magic.startsWith('425a68'))
    throw new LayerFault('unsupported', 'it is compressed with bzip2, which registries do not use');
  if (magic.startsWith('fd377a585a00'))
    throw new LayerFault('unsupported', 'it is compressed with xz, which registries do not use');
  return whole;
}

async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = createGunzip();
  // The error reaches the loop below through the decoder, which the pipeline destroys with it.
  pipeline(Readable.from(source), decoder, () => {});
  for await (const chunk of decoder) yield chunk as Buffer;
}

/** Errors of zlib and zstd have codes of their own; everything else is not about compression. */
async function* translateErrors(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(?:Z_|ZSTD_|ERR_ZLIB)/.test(code)) throw error;
    throw new LayerFault('invalid', `its compression is damaged or cut off (${code})`, { cause: error });
  }
}
