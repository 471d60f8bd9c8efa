import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { ProbeError } from '../../../../src/playbook/answer.ts';
import type { DiskCache } from './disk-cache.ts';
import type { Layer } from './layer.ts';
import type { LayerListing } from './layer-listing.ts';
import { readRecord, writeRecord } from './layer-record.ts';
import type { LayerSource, LayerSourceParts } from './layer-source.ts';
import { fetchTocListing, keptTocListing, lazyFormatFor } from './lazy-layers.ts';
import { listLayer } from './list-layer.ts';
import { type Breaks, gaveUp, inLayer, MOST_RESUMPTIONS, rangeReader, streamOf } from './read-layer.ts';
import { createSharedWork } from './shared-work.ts';

const LISTING = 'listing';
const LARGEST_RECORD = 128 * 1024 ** 2;
/** Listings are written once and read often, but never again than when they are asked for first in a process. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Lists layers: out of memory, of the cache, by a table of contents, or by reading all of the layer. */
export function createLayerLister(parts: LayerSourceParts): LayerSource['list'] {
  const { client, clock, deadlines, cache, memory } = parts;
  const shared = createSharedWork<LayerListing>(clock);

  const byToc = async (layer: Layer, signal: AbortSignal): Promise<LayerListing | null> => {
    const format = memory.distrusted.has(layer.digest) ? null : lazyFormatFor(layer);
    if (format === null) return null;
    const kept = await keptTocListing(layer, format, cache);
    return kept ?? fetchTocListing(layer, format, rangeReader(client, layer, signal), cache);
  };
  const byStream = async (layer: Layer, signal: AbortSignal, breaks?: Breaks): Promise<LayerListing> => {
    const record = writeRecord();
    const listing = await inLayer(layer, () => listLayer(streamOf(client, layer, signal, breaks), layer, record));
    await cache.set(layer.digest, LISTING, await compress(record.bytes(), LEVEL));
    return listing;
  };
  const find = async (layer: Layer, life: AbortSignal): Promise<LayerListing> => {
    const signal = clock.deadline(deadlines.layer, life);
    const listing =
      (await keptListing(layer, cache)) ??
      (await byToc(layer, signal)) ??
      (await insist((breaks) => byStream(layer, signal, breaks)));
    memory.listings.set(layer.digest, listing, listing.weight);
    return listing;
  };
  return async (layer, signal) =>
    memory.listings.get(layer.digest) ??
    shared.run(
      layer.digest,
      (life) => find(layer, life),
      signal,
      () => gaveUp(layer),
    );
}

/**
 * A layer whose connection broke, and that could not be taken up again, or was put together of parts that do not fit, is
 * worth one more try in one piece.
 */
async function insist<T>(work: (breaks: Breaks) => Promise<T>): Promise<T> {
  const breaks = { resumed: 0, most: MOST_RESUMPTIONS };
  try {
    return await work(breaks);
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const { code } = error.why;
    if (code === 'unreachable' || (code === 'invalid' && breaks.resumed > 0)) return work({ resumed: 0, most: 0 });
    throw error;
  }
}

/** What was kept is as it was written; what cannot be read all the same is of no use. */
async function keptListing({ digest }: Layer, cache: DiskCache): Promise<LayerListing | null> {
  const kept = await cache.get(digest, LISTING);
  if (kept === null) return null;
  try {
    return readRecord(await decompress(kept, { maxOutputLength: LARGEST_RECORD }));
  } catch {
    return null;
  }
}
