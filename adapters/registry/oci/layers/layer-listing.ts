import type { LayerEntry } from '../../../../src/image/layer-entry.ts';
import { LayerError } from '../../../../src/image/layer-entry.ts';
import { type LayerIndex, LayerIndexer } from '../../../../src/image/layer-index.ts';
import { LayerFault } from './layer-fault.ts';
import type { Piece } from './pieces.ts';

/** Where the bytes of a file lie in a blob whose format lets them be fetched one by one. */
export interface Chunk {
  /** Of the file. */
  readonly offset: number;
  readonly size: number;
  /** What is fetched of the blob, and how many decompressed bytes of it come before ours. `from` is null: all zeros. */
  readonly from: number | null;
  readonly to: number;
  readonly inner: number;
  /** Of the decompressed bytes, when it is stated. */
  readonly digest: string | null;
}

/** What is kept of a layer: its tree, and the bytes that are likely to be asked for. By the entry's ordinal. */
export interface LayerListing {
  readonly index: LayerIndex;
  readonly pieces: ReadonlyMap<number, readonly Piece[]>;
  /** Of a layer that was listed by its table of contents; null when all its bytes were read and fit its digest. */
  readonly chunks: ReadonlyMap<number, readonly Chunk[]> | null;
  /** About how many bytes of memory it takes. */
  readonly weight: number;
}

const MOST_ENTRIES = 200_000;
const LONGEST_PATH = 4096;
/** Of an entry with its nodes, beside its texts. */
const ENTRY_WEIGHT = 150;
/** Of a piece, beside its bytes. */
export const PIECE_WEIGHT = 200;

/** A listing that is being made. */
export interface ListingBuilder {
  /** Throws LayerFault for a layer that no runtime could unpack, or that has more in it than we read. */
  add(entry: LayerEntry): void;
  keep(ordinal: number, pieces: readonly Piece[]): void;
  finish(chunks: LayerListing['chunks']): LayerListing;
}

export function buildListing(): ListingBuilder {
  const indexer = new LayerIndexer();
  const kept = new Map<number, readonly Piece[]>();
  let entries = 0;
  let weight = 0;
  return {
    add: (entry) => {
      const targetLength = entry.target?.length ?? 0;
      if (++entries > MOST_ENTRIES) throw new LayerFault('too-large', `it has more than ${MOST_ENTRIES} entries`);
      if (entry.path.length > LONGEST_PATH || targetLength > LONGEST_PATH) {
        throw new LayerFault('invalid', `it has a path longer than ${LONGEST_PATH} characters`);
      }
      weight += ENTRY_WEIGHT + entry.path.length + targetLength;
      try {
        indexer.add(entry);
      } catch (error) {
        if (!(error instanceof LayerError)) throw error;
        throw new LayerFault('invalid', `no runtime could unpack it: ${error.message}`);
      }
    },
    keep: (ordinal, pieces) => {
      if (pieces.length === 0) return;
      kept.set(ordinal, pieces);
      for (const { bytes } of pieces) weight += PIECE_WEIGHT + bytes.length;
    },
    finish: (chunks) => ({ index: indexer, pieces: kept, chunks, weight: weight + 150 * (chunks?.size ?? 0) }),
  };
}
