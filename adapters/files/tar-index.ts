import { indexLayer, type LayerIndex } from '../../src/image/layer-index.ts';
import {
  isExtension,
  noExtensions,
  type StoredEntry,
  takeEntry,
  takeExtension,
} from '../../src/image/tar/tar-entry.ts';
import { TarError } from '../../src/image/tar/tar-error.ts';
import { BLOCK, parseTarHeader } from '../../src/image/tar/tar-header.ts';

/** Gives at most `length` bytes from `offset`; shorter at the end, never longer. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** Where an entry's bytes stand in the archive. */
export interface Stored extends StoredEntry {
  readonly offset: number;
}

/** An archive as the tree that unpacking it would leave behind. */
export interface TarIndex {
  readonly layer: LayerIndex;
  /** By the entry's ordinal. */
  readonly stored: readonly Stored[];
}

const MOST_ENTRIES = 500_000;
const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;

/** Lists an archive by its headers alone, seeking over the contents. Throws TarError when it is none or cut off. */
export function indexTar(read: ReadBytes): TarIndex {
  const stored: Stored[] = [];
  const extensions = noExtensions();
  let at = 0;
  for (let block = read(at, BLOCK); block.length > 0; block = read(at, BLOCK)) {
    if (block.length < BLOCK) throw cutOff();
    const header = parseTarHeader(block);
    if (header === null) break;
    at += BLOCK;
    if (isExtension(header)) {
      const content = read(at, header.size);
      if (content.length < header.size) throw cutOff();
      takeExtension(extensions, header, content);
      at += padded(header.size);
      continue;
    }
    for (let more = header.extended; more; at += BLOCK) more = read(at, BLOCK)[504] === 1;
    if (stored.length >= MOST_ENTRIES) throw new TarError(`it has more than ${MOST_ENTRIES} entries`);
    const entry = takeEntry(extensions, header);
    stored.push({ ...entry, offset: at });
    at += padded(entry.stored);
  }
  const index = indexLayer(stored.map((each) => each.entry));
  if (index.kind === 'invalid') throw new TarError(`it cannot be unpacked: ${index.reason}`);
  return { layer: index.index, stored };
}

const cutOff = () => new TarError('its tar archive is cut off');
