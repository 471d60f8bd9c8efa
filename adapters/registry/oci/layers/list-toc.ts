import { asText } from '../../../../src/image/json-values.ts';
import type { LayerEntry } from '../../../../src/image/layer-entry.ts';
import { LayerFault } from './layer-fault.ts';
import { buildListing, type Chunk, type LayerListing } from './layer-listing.ts';
import { tocEntries } from './toc-entries.ts';

/** A table of contents, checked against its own digest. */
export interface Toc {
  readonly json: Buffer;
  /** Where in the blob the contents end: what lies behind is the table. */
  readonly contentEnd: number;
}

/** As both formats write it (stargz-snapshotter docs/estargz.md, containers/storage pkg/chunked/internal/minimal). */
type TocEntry = Readonly<Record<string, unknown>>;

const KINDS: Readonly<Record<string, LayerEntry['kind']>> = {
  reg: 'file',
  dir: 'directory',
  symlink: 'symlink',
  hardlink: 'hardlink',
  char: 'other',
  block: 'other',
  fifo: 'other',
};
const MOST_CHUNKS = 400_000;

/** A chunk whose end in the blob is not known yet. */
type OpenChunk = Omit<Chunk, 'to'>;

/**
 * Lists a layer by its table of contents, which is in the archive's order. Throws LayerFault when the table cannot be
 * true: then the layer itself tells.
 */
export function listToc({ json, contentEnd }: Toc): LayerListing {
  const listing = buildListing();
  const open = new Map<number, OpenChunk[]>();
  const sizes = new Map<number, number>();
  let ordinal = -1;
  let count = 0;
  for (const line of tocEntries(json)) {
    const isChunk = line.type === 'chunk';
    if (!isChunk) {
      ordinal++;
      const entry = entryOf(line);
      listing.add(entry);
      if (entry.size > 0) sizes.set(ordinal, entry.size);
    }
    const size = sizes.get(ordinal);
    if (size === undefined) continue;
    if (++count > MOST_CHUNKS) throw new LayerFault('too-large', 'its table of contents has too many chunks');
    const chunks = open.get(ordinal) ?? [];
    chunks.push(chunkOf(line, size, contentEnd));
    open.set(ordinal, chunks);
  }
  return listing.finish(closeChunks(open, sizes, contentEnd));
}

function entryOf(line: TocEntry): LayerEntry {
  const path = asText(line.name);
  const kind = KINDS[asText(line.type) ?? ''];
  if (path === null || path.includes('\0') || kind === undefined) throw lying();
  const isLink = kind === 'symlink' || kind === 'hardlink';
  const target = isLink ? asText(line.linkName) : null;
  if (isLink && (target === null || target.includes('\0'))) throw lying();
  return {
    path,
    kind,
    mode: numberOf(line.mode) & 0o7777,
    uid: numberOf(line.uid),
    gid: numberOf(line.gid),
    size: kind === 'file' ? numberOf(line.size) : 0,
    target,
  };
}

/** A size of 0 means: up to the file's end. */
function chunkOf(line: TocEntry, fileSize: number, contentEnd: number): OpenChunk {
  const offset = numberOf(line.chunkOffset);
  const size = numberOf(line.chunkSize) || fileSize - offset;
  const from = line.chunkType === 'zeros' ? null : numberOf(line.offset);
  if (size <= 0 || (from !== null && from >= contentEnd)) throw lying();
  const isWhole = offset === 0 && size === fileSize;
  const digest = asText(line.chunkDigest) || (isWhole ? asText(line.digest) : null) || null;
  return { offset, size, from, inner: numberOf(line.innerOffset), digest };
}

/** A chunk's bytes end where the next ones in the blob begin. The chunks of a file must make up all of it. */
function closeChunks(
  open: ReadonlyMap<number, readonly OpenChunk[]>,
  sizes: ReadonlyMap<number, number>,
  contentEnd: number,
): ReadonlyMap<number, readonly Chunk[]> {
  const starts = new Set<number>();
  for (const chunks of open.values()) for (const { from } of chunks) if (from !== null) starts.add(from);
  const sorted = [...starts].sort((a, b) => a - b);
  const ends = new Map(sorted.map((start, at) => [start, sorted[at + 1] ?? contentEnd]));
  const closed = new Map<number, readonly Chunk[]>();
  for (const [ordinal, chunks] of open) {
    let reached = 0;
    for (const { offset, size } of chunks) {
      if (offset !== reached) throw lying();
      reached += size;
    }
    if (reached !== sizes.get(ordinal)) throw lying();
    closed.set(
      ordinal,
      chunks.map((chunk) => ({ ...chunk, to: chunk.from === null ? 0 : (ends.get(chunk.from) ?? contentEnd) })),
    );
  }
  return closed;
}

function numberOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw lying();
}

const lying = () => new LayerFault('invalid', 'its table of contents says what cannot be');
