import type { DiskCache } from './disk-cache.ts';
import { fetchToc, type LazyFormat, lazyFormatOf, openToc } from './fetch-toc.ts';
import type { Layer, ReadRange } from './layer.ts';
import { LayerFault } from './layer-fault.ts';
import type { Chunk, LayerListing } from './layer-listing.ts';
import { listToc } from './list-toc.ts';
import type { ChunkStore } from './read-chunks.ts';

/** A smaller layer costs no more as a whole than by its table, and is verified then. */
const WORTH_A_TABLE = 512 * 1024;
const TOC = 'toc';

/** The lazy format of a layer that is worth to be read by it. */
export function lazyFormatFor(layer: Layer): LazyFormat | null {
  return layer.size === null || layer.size < WORTH_A_TABLE ? null : lazyFormatOf(layer);
}

/** The listing that was kept as a table of contents; null when there is none. */
export async function keptTocListing(layer: Layer, format: LazyFormat, cache: DiskCache): Promise<LayerListing | null> {
  const kept = await cache.get(layer.digest, TOC);
  // A table that was checked for another manifest is checked again: annotations are the manifest's, not the layer's.
  return kept === null ? null : openAndList(format, kept).catch(faultAsNull);
}

/** Lists a layer by its table of contents; null when the table is of no use. Rejects with ProbeError. */
export async function fetchTocListing(
  layer: Layer,
  format: LazyFormat,
  read: ReadRange,
  cache: DiskCache,
): Promise<LayerListing | null> {
  try {
    const fetched = await fetchToc(format, layer.size ?? 0, read);
    const listing = await openAndList(format, fetched);
    await cache.set(layer.digest, TOC, fetched);
    return listing;
  } catch (error) {
    return faultAsNull(error);
  }
}

async function openAndList(format: LazyFormat, fetched: Buffer): Promise<LayerListing> {
  return listToc(await openToc(format, fetched));
}

function faultAsNull(error: unknown): null {
  if (error instanceof LayerFault) return null;
  throw error;
}

/** Keeps the chunks of one layer on disk; they were checked when they were read. */
export function chunkStore(layer: Layer, cache: DiskCache): ChunkStore {
  const partOf = ({ from, inner, size }: Chunk) => `chunk-${from ?? 0}-${inner}-${size}`;
  return {
    get: (chunk) => cache.get(layer.digest, partOf(chunk)),
    set: (chunk, bytes) => cache.set(layer.digest, partOf(chunk), bytes),
  };
}
