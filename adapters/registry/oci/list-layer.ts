import { createHash } from 'node:crypto';
import type { LayerEntry } from '../../../src/image/layer-entry.ts';
import { indexLayer, type LayerDirectory } from '../../../src/image/layer-index.ts';
import { decompress } from './decompress.ts';
import { LayerFault } from './layer-fault.ts';
import { walkTar } from './walk-tar.ts';

/** What is kept of a layer: its tree, and the first bytes of the files that are likely to be executed or read. */
export interface LayerListing {
  readonly root: LayerDirectory;
  /** By the entry's ordinal. */
  readonly heads: ReadonlyMap<number, Uint8Array>;
  /** Entries whose stored bytes are not their content (GNU sparse files). */
  readonly sparse: ReadonlySet<number>;
  /** About how many bytes of memory it takes. */
  readonly weight: number;
}

const MOST_ENTRIES = 200_000;
/** Bytes of a file that are kept; enough for ELF headers, shebangs, and small files altogether. */
const HEAD = 4096;
/** Bytes of heads of one layer: of executables, and of small files that are none. */
const EXECUTABLE_HEADS = 48 * 1024 ** 2;
const SMALL_HEADS = 8 * 1024 ** 2;
const LONGEST_PATH = 4096;
/** Of an entry with its nodes, beside its texts. */
const ENTRY_WEIGHT = 400;

/**
 * Lists a layer from its compressed bytes, all of which are read and checked against its digest. Rejects with LayerFault,
 * and with the source's errors.
 */
export async function listLayer(
  compressed: AsyncIterable<Uint8Array>,
  layer: { readonly digest: string; readonly size: number | null },
): Promise<LayerListing> {
  const source = verifying(compressed, layer);
  const collected = collector();
  try {
    await walkTar(decompress(source.chunks()), collected.visitor);
    await source.verifyRest();
  } finally {
    await source.close();
  }
  return collected.finish();
}

function collector() {
  const entries: LayerEntry[] = [];
  const heads = new Map<number, Uint8Array>();
  const sparse = new Set<number>();
  const left = { executable: EXECUTABLE_HEADS, small: SMALL_HEADS };
  let weight = 0;
  const wantsHead = (entry: LayerEntry): boolean => {
    if (entry.kind !== 'file') return false;
    const budget = entry.mode & 0o111 ? 'executable' : 'small';
    const length = Math.min(entry.size, HEAD);
    if ((budget === 'small' && entry.size > HEAD) || left[budget] < length) return false;
    left[budget] -= length;
    return true;
  };
  return {
    visitor: {
      entry: (entry: LayerEntry, ordinal: number, isSparse: boolean) => {
        if (ordinal >= MOST_ENTRIES) throw new LayerFault('too-large', `it has more than ${MOST_ENTRIES} entries`);
        if (entry.path.length > LONGEST_PATH || (entry.target?.length ?? 0) > LONGEST_PATH) {
          throw new LayerFault('invalid', `it has a path longer than ${LONGEST_PATH} characters`);
        }
        entries.push(entry);
        weight += ENTRY_WEIGHT + entry.path.length + (entry.target?.length ?? 0);
        if (isSparse) sparse.add(ordinal);
        return !isSparse && wantsHead(entry) ? { offset: 0, length: HEAD } : null;
      },
      content: (ordinal: number, bytes: Uint8Array) => {
        heads.set(ordinal, bytes);
        weight += bytes.length;
        return false;
      },
    },
    finish: (): LayerListing => {
      const index = indexLayer(entries);
      if (index.kind === 'invalid') throw new LayerFault('invalid', `no runtime could unpack it: ${index.reason}`);
      return { root: index.root, heads, sparse, weight };
    },
  };
}

/** Hashes bytes as they pass; a decompressor may stop before the end, so the rest is read for the digest's sake. */
function verifying(compressed: AsyncIterable<Uint8Array>, layer: { digest: string; size: number | null }) {
  const iterator = compressed[Symbol.asyncIterator]();
  const hash = createHash(layer.digest.slice(0, layer.digest.indexOf(':')));
  let total = 0;
  const next = async (): Promise<Uint8Array | null> => {
    const turn = await iterator.next();
    if (turn.done) return null;
    total += turn.value.length;
    if (layer.size !== null && total > layer.size) throw mismatch();
    hash.update(turn.value);
    return turn.value;
  };
  return {
    chunks: async function* (): AsyncGenerator<Uint8Array> {
      for (let chunk = await next(); chunk !== null; chunk = await next()) yield chunk;
    },
    verifyRest: async (): Promise<void> => {
      while ((await next()) !== null);
      if (!layer.digest.endsWith(`:${hash.digest('hex')}`)) throw mismatch();
    },
    close: async (): Promise<void> => {
      await iterator.return?.(undefined);
    },
  };
}

const mismatch = () => new LayerFault('invalid', 'its bytes are not the ones its digest stands for');
