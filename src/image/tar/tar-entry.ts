import type { LayerEntry } from '../layer-entry.ts';
import { parsePaxRecords, paxNumber } from './pax-records.ts';
import { TarError } from './tar-error.ts';
import type { TarHeader } from './tar-header.ts';

/** An entry of an archive with how it is stored there. */
export interface StoredEntry {
  readonly entry: LayerEntry;
  /** Bytes that follow its headers, without the padding. */
  readonly stored: number;
  /** Whether those bytes are not its content as it is (GNU sparse files). */
  readonly sparse: boolean;
}

/** What extended headers said of the next entry, or of all that follow. */
export interface TarExtensions {
  all: ReadonlyMap<string, string>;
  next: ReadonlyMap<string, string>;
  longName: string | null;
  longLink: string | null;
}

/** The most that an extended header may take: names and a few numbers. */
export const LARGEST_EXTENSION = 1024 * 1024;

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
const NOTHING: ReadonlyMap<string, string> = new Map();
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The state before the first header. */
export const noExtensions = (): TarExtensions => ({ all: NOTHING, next: NOTHING, longName: null, longLink: null });

/** Whether a header only describes the entries after it. Throws TarError when it is absurdly large. */
export function isExtension(header: TarHeader): boolean {
  if (!'xgLK'.includes(header.type)) return false;
  if (header.size > LARGEST_EXTENSION) {
    throw new TarError('its tar archive has an extended header of more than 1 MiB');
  }
  return true;
}

/** Takes in the content of an extended header. Throws TarError when it is damaged. */
export function takeExtension(extensions: TarExtensions, header: TarHeader, content: Uint8Array): void {
  if (header.type === 'x') extensions.next = parsePaxRecords(content);
  else if (header.type === 'g') extensions.all = new Map([...extensions.all, ...parsePaxRecords(content)]);
  else {
    const text = utf8.decode(content).replace(/\0.*$/s, '');
    if (header.type === 'L') extensions.longName = text;
    else extensions.longLink = text;
  }
}

/** The entry that a header and the extensions before it make; what spoke of this entry alone is forgotten. */
export function takeEntry(extensions: TarExtensions, header: TarHeader): StoredEntry {
  const { all, next } = extensions;
  const records = all.size === 0 ? next : new Map([...all, ...next]);
  const stored = HEADER_ONLY.includes(header.type) ? 0 : (paxNumber(records, 'size') ?? header.size);
  const path = records.get('GNU.sparse.name') || records.get('path') || (extensions.longName ?? header.name);
  const target = records.get('linkpath') || (extensions.longLink ?? header.linkName);
  Object.assign(extensions, { next: NOTHING, longName: null, longLink: null });
  if (path.includes('\0') || target.includes('\0')) throw new TarError('its tar archive has a name with a NUL in it');
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
  return { entry, stored, sparse: sparseSize !== null };
}
