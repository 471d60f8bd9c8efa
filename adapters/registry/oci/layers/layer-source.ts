import type { Clock } from '../../../../src/ports/clock.ts';
import type { Deadlines } from '../options.ts';
import type { RegistryClient } from '../registry-client.ts';
import type { DiskCache } from './disk-cache.ts';
import { createFileReader } from './file-reader.ts';
import type { Layer } from './layer.ts';
import { createLayerLister } from './layer-lister.ts';
import type { LayerListing } from './layer-listing.ts';
import type { LayerMemory } from './layer-memory.ts';

/** A part of one file of a layer. */
export interface FilePart {
  readonly ordinal: number;
  /** Of the whole file, in bytes. */
  readonly size: number;
  readonly offset: number;
  readonly length: number;
}

/** Where layers are read. Rejects with ProbeError. */
export interface LayerSource {
  list(layer: Layer, signal: AbortSignal): Promise<LayerListing>;
  /**
   * Bytes of a file that the listing itself does not hold; they are not verified, as no more of the layer is read than
   * they take. Rejects with LyingToc when the listing was made by a table of contents that is not true.
   */
  read(layer: Layer, listing: LayerListing, part: FilePart, signal: AbortSignal): Promise<Uint8Array>;
}

export interface LayerSourceParts {
  readonly client: RegistryClient;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly cache: DiskCache;
  readonly memory: LayerMemory;
}

/** Lists and reads the layers of registries; what was found once is kept in memory and in the cache. */
export function createLayerSource(parts: LayerSourceParts): LayerSource {
  return { list: createLayerLister(parts), read: createFileReader(parts) };
}
