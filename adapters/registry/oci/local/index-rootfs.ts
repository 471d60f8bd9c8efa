import type { LayerEntry } from '../../../../src/image/layer-entry.ts';
import { indexLayer, type LayerIndex } from '../../../../src/image/layer-index.ts';
import { LayerFault } from '../layers/layer-fault.ts';
import { walkTar } from '../layers/walk-tar.ts';

/** Gives at most `length` bytes from `offset`; shorter at the end, never longer. */
export type ReadBytes = (offset: number, length: number) => Buffer;

/** Where an entry's bytes stand in the archive. */
export interface StoredFile {
  readonly offset: number;
  /** Less than the file's size when it is stored with holes. */
  readonly stored: number;
}

/** An archive as the tree that unpacking it would leave behind. */
export interface RootfsIndex {
  readonly tree: LayerIndex;
  /** By the entry's ordinal. */
  readonly stored: ReadonlyMap<number, StoredFile>;
}

const MOST_ENTRIES = 500_000;

/** Lists a root file system's archive by its headers alone, seeking over the contents. Throws LayerFault. */
export function indexRootfs(read: ReadBytes): RootfsIndex {
  const entries: LayerEntry[] = [];
  const stored = new Map<number, StoredFile>();
  const walk = walkTar((entry) => {
    if (entries.length >= MOST_ENTRIES) throw new LayerFault('too-large', `it has more than ${MOST_ENTRIES} entries`);
    entries.push(entry);
    return null;
  });
  let offset = 0;
  for (let turn = walk.next(); !turn.done; ) {
    const ask = turn.value;
    if (typeof ask === 'number') {
      const bytes = read(offset, ask);
      offset += bytes.length;
      turn = walk.next(wholeOrEnd(bytes, ask));
      continue;
    }
    // The first bytes that are passed over after an entry are its content; then comes the padding.
    const ordinal = entries.length - 1;
    if (!stored.has(ordinal)) stored.set(ordinal, { offset, stored: ask.length });
    offset += ask.length;
    turn = walk.next(Buffer.alloc(0));
  }
  const index = indexLayer(entries);
  if (index.kind === 'invalid') throw new LayerFault('invalid', `it cannot be unpacked: ${index.reason}`);
  return { tree: index.index, stored };
}

function wholeOrEnd(bytes: Buffer, wanted: number): Buffer | null {
  if (bytes.length === wanted) return bytes;
  if (bytes.length === 0) return null;
  throw new LayerFault('invalid', 'its tar archive is cut off');
}
