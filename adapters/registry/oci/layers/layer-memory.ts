import { createLru, type Lru } from '../lru.ts';
import type { LayerListing } from './layer-listing.ts';
import type { Piece } from './pieces.ts';

/** What is known of layers while the process runs, whoever asked for it. */
export interface LayerMemory {
  /** By digest. */
  readonly listings: Lru<LayerListing>;
  /** Of files, by digest and ordinal. */
  readonly windows: Lru<Piece>;
  /** Digests of layers whose table of contents is not true. */
  readonly distrusted: Set<string>;
}

/** Enough for the largest listing that there may be, which is read again and again while an image is looked into. */
const LISTINGS = 64 * 1024 ** 2;
const WINDOWS = 8 * 1024 ** 2;

export function createLayerMemory(): LayerMemory {
  return { listings: createLru(LISTINGS), windows: createLru(WINDOWS), distrusted: new Set() };
}
