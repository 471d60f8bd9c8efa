import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { decompressZstd } from './decompress-zstd.ts';
import { LayerFault } from './layer-fault.ts';
import { releaseChunk } from './release-chunk.ts';

/**
 * How much a layer may be when decompressed. Real ones of more than some GiB are rare, and of their content hardly any
 * compresses to a hundredth; nothing but a bomb passes gzip's own bound of 1032.
 */
const MOST_BYTES = 16 * 1024 ** 3;
const RATIOS = [
  { from: 64 * 1024 ** 2, most: 1100 },
  { from: 1024 ** 3, most: 250 },
];
/** Large enough that handing chunks over costs little beside what is in them. */
const CHUNK = 256 * 1024;

/**
 * Decompresses a layer by what its first bytes say it is (media types lie): gzip, zstd or none. Rejects with LayerFault;
 * errors of the source come through as they are. A chunk is valid until the next one is asked for.
 */
export async function* decompress(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const counted = { bytes: 0 };
  const source = count(compressed, counted)[Symbol.asyncIterator]();
  try {
    const start = await readStart(source);
    const whole = prepend(start, source);
    let total = 0;
    for await (const chunk of translateErrors(decoderFor(start, whole))) {
      total += chunk.length;
      checkBounds(total, counted.bytes);
      yield chunk;
      releaseChunk(chunk, CHUNK);
    }
  } finally {
    await source.return?.(undefined);
  }
}

function checkBounds(total: number, compressed: number): void {
  if (total > MOST_BYTES) throw new LayerFault('too-large', 'it is larger than 16 GiB when decompressed');
  for (const { from, most } of RATIOS) {
    if (total <= from || total <= compressed * most) continue;
    throw new LayerFault('too-large', `it decompresses to more than ${most} times its size, as only a bomb does`);
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

function decoderFor(start: Buffer, whole: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  const magic = start.toString('hex');
  if (magic.startsWith('1f8b')) return gunzip(whole);
  // A zstd frame, or one of the skippable frames that may stand before it (RFC 8878, 3.1).
  if (magic.startsWith('28b52ffd') || /^5.2a4d18/.test(magic)) return decompressZstd(whole, CHUNK);
  if (magic.startsWith('425a68'))
    throw new LayerFault('unsupported', 'it is compressed with bzip2, which registries do not use');
  if (magic.startsWith('fd377a585a00'))
    throw new LayerFault('unsupported', 'it is compressed with xz, which registries do not use');
  return asBuffers(whole);
}

async function* asBuffers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const decoder = createGunzip({ chunkSize: CHUNK });
  // The error reaches the loop below through the decoder, which the pipeline destroys with it.
  pipeline(Readable.from(source), decoder, () => {});
  for await (const chunk of decoder) yield chunk as Buffer;
}

/** Errors of zlib and zstd have codes of their own; everything else is not about compression. */
async function* translateErrors(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* source;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(?:Z_|ZSTD_|ERR_ZLIB)/.test(code)) throw error;
    throw new LayerFault('invalid', `its compression is damaged or cut off (${code})`, { cause: error });
  }
}
