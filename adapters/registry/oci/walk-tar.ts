import type { LayerEntry } from '../../../src/image/layer-entry.ts';
import { ByteReader } from './byte-reader.ts';
import { LayerFault } from './layer-fault.ts';
import { parsePaxRecords, paxNumber } from './pax-records.ts';
import { BLOCK, parseTarHeader, type TarHeader } from './tar-header.ts';

/** What a visitor wants of an entry's content. */
export interface Wanted {
  readonly offset: number;
  readonly length: number;
}

export interface TarVisitor {
  /** Called for each entry in order; gives what is wanted of its content, or null. */
  entry(entry: LayerEntry, ordinal: number, sparse: boolean): Wanted | null;
  /** The wanted bytes, a copy; true ends the walk. */
  content(ordinal: number, bytes: Uint8Array): boolean;
}

const LARGEST_EXTENSION = 1024 * 1024;
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
  next: ReadonlyMap<string, string>;
  longName: string | null;
  longLink: string | null;
}

/**
 * Goes through a tar archive as it streams by, holding one header at a time. At the archive's end it reads the source to
 * its own end; when the visitor ends the walk it closes the source. Rejects with LayerFault, and with the source's errors.
 */
export async function walkTar(source: AsyncIterable<Uint8Array>, visitor: TarVisitor): Promise<void> {
  const reader = new ByteReader(source);
  try {
    const extensions: Extensions = { all: new Map(), next: new Map(), longName: null, longLink: null };
    let ordinal = 0;
    for (let block = await reader.read(BLOCK); block !== null; block = await reader.read(BLOCK)) {
      const header = parseTarHeader(block);
      // Two zero blocks end an archive; one is taken as the end too, as GNU tar does.
      if (header === null) break;
      if (await readExtension(reader, header, extensions)) continue;
      if (await visitEntry(reader, header, extensions, visitor, ordinal++)) return;
      Object.assign(extensions, { next: new Map(), longName: null, longLink: null });
    }
    await reader.drain();
  } finally {
    await reader.close();
  }
}

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;

/** Takes in a header that only describes others; false when it is an entry of its own. */
async function readExtension(reader: ByteReader, header: TarHeader, extensions: Extensions): Promise<boolean> {
  if (!'xgLK'.includes(header.type)) return false;
  if (header.size > LARGEST_EXTENSION) {
    throw new LayerFault('too-large', 'its tar archive has an extended header of more than 1 MiB');
  }
  const bytes = (await reader.read(padded(header.size)))?.slice(0, header.size) ?? new Uint8Array(0);
  const text = () => Buffer.from(bytes).toString('utf8').replace(/\0.*$/s, '');
  if (header.type === 'x') extensions.next = parsePaxRecords(bytes);
  else if (header.type === 'g') extensions.all = new Map([...extensions.all, ...parsePaxRecords(bytes)]);
  else if (header.type === 'L') extensions.longName = text();
  else extensions.longLink = text();
  return true;
}

async function visitEntry(
  reader: ByteReader,
  header: TarHeader,
  extensions: Extensions,
  visitor: TarVisitor,
  ordinal: number,
): Promise<boolean> {
  const records = extensions.all.size === 0 ? extensions.next : new Map([...extensions.all, ...extensions.next]);
  const stored = HEADER_ONLY.includes(header.type) ? 0 : (paxNumber(records, 'size') ?? header.size);
  if (header.extended) await skipSparseHeaders(reader);
  const { entry, sparse } = entryOf(header, extensions, records, stored);
  const wanted = visitor.entry(entry, ordinal, sparse);
  const offset = Math.min(wanted?.offset ?? 0, stored);
  const length = Math.min(wanted?.length ?? 0, stored - offset);
  let done = false;
  if (wanted !== null) {
    await reader.skip(offset);
    const bytes = length === 0 ? new Uint8Array(0) : await reader.read(length);
    if (bytes === null) throw new LayerFault('invalid', 'its tar archive is cut off');
    done = visitor.content(ordinal, bytes.slice());
  }
  if (!done) await reader.skip(padded(stored) - offset - length);
  return done;
}

async function skipSparseHeaders(reader: ByteReader): Promise<void> {
  let more = true;
  while (more) {
    const block = await reader.read(BLOCK);
    if (block === null) throw new LayerFault('invalid', 'its tar archive is cut off');
    more = block[504] === 1;
  }
}

function entryOf(
  header: TarHeader,
  extensions: Extensions,
  records: ReadonlyMap<string, string>,
  stored: number,
): { entry: LayerEntry; sparse: boolean } {
  const path = records.get('GNU.sparse.name') || records.get('path') || (extensions.longName ?? header.name);
  const target = records.get('linkpath') || (extensions.longLink ?? header.linkName);
  if (path.includes('\0') || target.includes('\0'))
    throw new LayerFault('invalid', 'its tar archive has a name with a NUL in it');
  // The oldest format marks directories by a slash alone.
  const isOldDirectory = header.type === '0' && path.endsWith('/');
  const kind = isOldDirectory ? 'directory' : (KINDS[header.type] ?? 'other');
  const sparseSize =
    paxNumber(records, 'GNU.sparse.realsize') ?? paxNumber(records, 'GNU.sparse.size') ?? header.sparseSize;
  const entry: LayerEntry = {
    path,
    kind,
    mode: header.mode,
    uid: paxNumber(records, 'uid') ?? header.uid,
    gid: paxNumber(records, 'gid') ?? header.gid,
    size: kind === 'file' ? (sparseSize ?? stored) : 0,
    target: kind === 'symlink' || kind === 'hardlink' ? target : null,
  };
  return { entry, sparse: sparseSize !== null };
}
