import type { LayerEntry } from '../../../../src/image/layer-entry.ts';
import { LayerFault } from './layer-fault.ts';
import { NO_RECORDS, type PaxRecords, parsePaxRecords, paxNumber } from './pax-records.ts';
import { contentMapReader, mapIsInContent, type Stretch, stretchesOf, stretchesOfRecords } from './sparse-map.ts';
import { BLOCK, isZeroBlock, parseSparseBlock, parseTarHeader, type TarHeader } from './tar-header.ts';

/** Takes the content of one entry as it streams by. */
export interface ContentSink {
  /** Bytes at an offset of the file; offsets go up, and what is left out is zero. Valid during the call only. */
  write(bytes: Buffer, offset: number): void;
  end(): void;
}

/** Called for each entry of an archive in its order; gives what takes the entry's content, or null. */
export type VisitEntry = (entry: LayerEntry, ordinal: number) => ContentSink | null;

/** A number: so many bytes at once (null at the end of the source). Otherwise: so many bytes, as they come. */
type Ask = number | { readonly length: number; readonly take: ((bytes: Buffer) => void) | null };
export type TarWalk = Generator<Ask, void, Buffer | null>;

const LARGEST_EXTENSION = 1024 * 1024;
/** Bytes of global records, which speak of all that follow and are kept. */
const MOST_GLOBAL_RECORDS = 1000;
const KINDS: Readonly<Record<string, LayerEntry['kind']>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'directory',
  '7': 'file',
  S: 'file',
};
/** Types without content, whatever their size field says (Go archive/tar, isHeaderOnly). */
const HEADER_ONLY = '123456';

/** Extended headers that speak of the next entry, or of all that follow. */
interface Extensions {
  all: ReadonlyMap<string, string>;
  next: PaxRecords;
  longName: string | null;
  longLink: string | null;
}

/**
 * Goes through a tar archive as it is given to it, holding one header at a time: the archives that Go's archive/tar
 * reads, which is what runtimes unpack with. Throws LayerFault.
 */
export function* walkTar(visit: VisitEntry): TarWalk {
  const extensions: Extensions = { all: new Map(), next: NO_RECORDS, longName: null, longLink: null };
  let ordinal = 0;
  for (let block = yield BLOCK; block !== null; block = yield BLOCK) {
    if (isZeroBlock(block)) {
      // Two of them end an archive, and so does the end of the source after one.
      const second = yield BLOCK;
      if (second === null || isZeroBlock(second)) return;
      throw new LayerFault('invalid', 'its tar archive goes on after its end');
    }
    const header = parseTarHeader(block);
    if (yield* readExtension(header, extensions)) continue;
    yield* readEntry(header, extensions, visit, ordinal++);
    extensions.next = NO_RECORDS;
    extensions.longName = null;
    extensions.longLink = null;
  }
}

const paddingOf = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK;

function* exactly(length: number): Generator<Ask, Buffer, Buffer | null> {
  const bytes = yield length;
  if (bytes === null) throw new LayerFault('invalid', 'its tar archive is cut off');
  return bytes;
}

/** Takes in a header that only describes others; false when it is an entry of its own. */
function* readExtension(header: TarHeader, extensions: Extensions): Generator<Ask, boolean, Buffer | null> {
  if (!'xgLK'.includes(header.type)) return false;
  if (header.size > LARGEST_EXTENSION) {
    throw new LayerFault('too-large', 'its tar archive has an extended header of more than 1 MiB');
  }
  const bytes = (yield* exactly(header.size + paddingOf(header.size))).subarray(0, header.size);
  const text = () => {
    const end = bytes.indexOf(0);
    return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
  };
  if (header.type === 'x') extensions.next = parsePaxRecords(bytes);
  else if (header.type === 'g') extensions.all = mergeGlobal(extensions.all, parsePaxRecords(bytes).values);
  else if (header.type === 'L') extensions.longName = text();
  else extensions.longLink = text();
  return true;
}

function mergeGlobal(all: ReadonlyMap<string, string>, more: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const merged = new Map([...all, ...more]);
  if (merged.size > MOST_GLOBAL_RECORDS)
    throw new LayerFault('too-large', 'its tar archive has too many global headers');
  return merged;
}

function* readEntry(header: TarHeader, extensions: Extensions, visit: VisitEntry, ordinal: number): TarWalk {
  const { all, next } = extensions;
  const records = all.size === 0 ? next.values : new Map([...all, ...next.values]);
  const stored = HEADER_ONLY.includes(header.type) ? 0 : (paxNumber(records, 'size') ?? header.size);
  const oldStretches = header.sparse === null ? null : yield* readOldGnuMap(header.sparse);
  const entry = entryOf(header, extensions, records, stored);
  let left = stored;
  let stretches = oldStretches ?? stretchesOfRecords(records, next.sparsePairs);
  if (entry.kind === 'file' && mapIsInContent(records)) {
    const read = contentMapReader();
    for (stretches = null; stretches === null; left -= BLOCK) stretches = read(yield* exactly(BLOCK));
    if (left < 0) throw new LayerFault('invalid', 'its tar archive has a damaged map of a sparse file');
  }
  const sink = visit(entry, ordinal);
  if (stretches === null) yield { length: left, take: sink && inOrder(sink) };
  else yield* readStretches(stretches, entry.size, left, sink);
  sink?.end();
  yield { length: paddingOf(stored), take: null };
}

function inOrder(sink: ContentSink): (bytes: Buffer) => void {
  let offset = 0;
  return (bytes) => {
    sink.write(bytes, offset);
    offset += bytes.length;
  };
}

function* readStretches(
  stretches: readonly Stretch[],
  size: number,
  stored: number,
  sink: ContentSink | null,
): TarWalk {
  const total = stretches.reduce((sum, { length }) => sum + length, 0);
  const last = stretches.at(-1);
  if (total !== stored || (last && last.offset + last.length > size)) {
    throw new LayerFault('invalid', 'its tar archive has a map of a sparse file that does not fit its content');
  }
  for (const { offset, length } of stretches) {
    let at = offset;
    const take = (bytes: Buffer) => {
      sink?.write(bytes, at);
      at += bytes.length;
    };
    yield { length, take: sink && take };
  }
}

function* readOldGnuMap(sparse: NonNullable<TarHeader['sparse']>): Generator<Ask, readonly Stretch[], Buffer | null> {
  const pairs = [...sparse.pairs];
  for (let { continued } = sparse; continued; ) {
    const block = parseSparseBlock(yield* exactly(BLOCK));
    pairs.push(...block.pairs);
    ({ continued } = block);
    if (pairs.length > 200_000) break;
  }
  return stretchesOf(pairs);
}

function entryOf(
  header: TarHeader,
  extensions: Extensions,
  records: ReadonlyMap<string, string>,
  stored: number,
): LayerEntry {
  const path = records.get('GNU.sparse.name') || records.get('path') || (extensions.longName ?? header.name);
  const target = records.get('linkpath') || (extensions.longLink ?? header.linkName);
  if (path.includes('\0') || target.includes('\0'))
    throw new LayerFault('invalid', 'its tar archive has a name with a NUL in it');
  // The oldest format marks directories by a slash alone.
  const isOldDirectory = header.type === '0' && path.endsWith('/');
  const kind = isOldDirectory ? 'directory' : (KINDS[header.type] ?? 'other');
  const sparseSize =
    paxNumber(records, 'GNU.sparse.realsize') ?? paxNumber(records, 'GNU.sparse.size') ?? header.sparse?.size ?? null;
  return {
    path,
    kind,
    mode: header.mode,
    uid: paxNumber(records, 'uid') ?? header.uid,
    gid: paxNumber(records, 'gid') ?? header.gid,
    size: kind === 'file' ? (sparseSize ?? stored) : 0,
    target: kind === 'symlink' || kind === 'hardlink' ? target : null,
  };
}
