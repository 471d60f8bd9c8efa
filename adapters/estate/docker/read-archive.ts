import { extract, type Header } from 'tar-stream';
import type { TreeEntry } from '../../../src/kernel/file-tree.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { Engine } from './engine.ts';

/** Bits of Go's io/fs.FileMode, which the engine sends in `X-Docker-Container-Path-Stat`. */
const GO_MODE = {
  directory: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  pipe: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  characterDevice: 2 ** 21,
  sticky: 2 ** 20,
  irregular: 2 ** 19,
} as const;
const OTHER = ['device', 'pipe', 'socket', 'characterDevice', 'irregular'] as const;

/** Of the archive of a directory, to find one link in it. */
const SEARCH_CAP = 64 * 1024 * 1024;

/** What the engine says of one path; `linkTarget` is left out, because the engine has followed every link in it. */
export interface PathStat {
  readonly size: number;
  readonly mode: number;
}

/** The beginning of one file as the archive call gives it. `content` is as long as was asked, or the file is at its end. */
export interface ArchivedFile {
  readonly entry: TreeEntry;
  readonly content: Uint8Array;
}

/**
 * Reads what stands at a path of a container's file system and, of a file, its first `length` bytes; null when nothing
 * stands there. A directory is not walked, and the transfer ends with the last byte that is needed. Rejects with ProbeError.
 */
export function readArchive(
  engine: Engine,
  id: string,
  path: string,
  length: number,
  signal: AbortSignal,
): Promise<ArchivedFile | null> {
  return openArchive(engine, id, path, signal, async (stat, entries) => {
    for await (const first of entries) {
      const entry = entryOf(stat, first.header);
      return {
        entry,
        content: await beginning(first as AsyncIterable<Uint8Array>, entry.kind === 'file' ? length : 0),
      };
    }
    // Sockets are left out of archives: the stat is all there is.
    return { entry: entryOf(stat, null), content: new Uint8Array() };
  });
}

/**
 * Looks for a symbolic link in the archive of the directory that it lies in, because the engine cannot be asked for a link
 * that leads to itself. Null when none is found there within 64 MiB. Rejects with ProbeError.
 */
export function findLink(engine: Engine, id: string, path: string, signal: AbortSignal): Promise<TreeEntry | null> {
  const at = path.lastIndexOf('/');
  const name = path.slice(at + 1);
  return openArchive(engine, id, path.slice(0, at) || '/', signal, async (_stat, entries) => {
    let size = 0;
    for await (const { header } of entries) {
      size += 512 + (header.size ?? 0);
      if (size > SEARCH_CAP) return null;
      const [, below, ...deeper] = `/${header.name}`
        .replace(/\/+/g, '/')
        .split('/')
        .slice(at === 0 ? 0 : 1);
      if (below !== name || deeper.length > 0 || header.type !== 'symlink') continue;
      const target = header.linkname ?? '';
      const { uid = null, gid = null } = header;
      return { kind: 'symlink', mode: 0o777, uid, gid, size: Buffer.byteLength(target), target };
    }
    return null;
  });
}

/** Opens the archive of what stands at a path, for as long as `read` takes; null when nothing stands there. */
function openArchive<T>(
  engine: Engine,
  id: string,
  path: string,
  signal: AbortSignal,
  read: (stat: PathStat, entries: ReturnType<typeof extract>) => Promise<T>,
): Promise<T | null> {
  const request = { method: 'GET', path: `/containers/${id}/archive`, query: { path }, accept: [404] } as const;
  return engine.open(request, signal, async (answer, within) => {
    if (answer.statusCode === 404) return null;
    const stat = parseStat(engine.target, path, answer.headers['x-docker-container-path-stat']);
    const entries = extract();
    // Both ends are closed by whoever ends first; what they then say about it is no news.
    entries.on('error', () => undefined);
    const stop = () => entries.destroy();
    within.addEventListener('abort', stop, { once: true });
    answer.on('error', (error) => entries.destroy(error)).pipe(entries);
    try {
      return await read(stat, entries);
    } catch (cause) {
      // What has a code came from the connection; tar-stream's own errors have none.
      if (cause instanceof Error && 'code' in cause) throw cause;
      const message = `what the engine sends for ${path} is no archive`;
      throw estateFailure(engine.target, 'invalid', message, cause);
    } finally {
      within.removeEventListener('abort', stop);
      answer.unpipe(entries);
      entries.destroy();
    }
  });
}

async function beginning(chunks: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= length) break;
  }
  return new Uint8Array(Buffer.concat(parts).subarray(0, length));
}

function parseStat(target: string, path: string, header: string | string[] | undefined): PathStat {
  try {
    const stat: unknown = JSON.parse(Buffer.from(String(header), 'base64').toString('utf8'));
    if (typeof stat === 'object' && stat && 'mode' in stat && typeof stat.mode === 'number') {
      return { mode: stat.mode, size: 'size' in stat && typeof stat.size === 'number' ? stat.size : 0 };
    }
  } catch {
    // Told below, with what is missing.
  }
  throw estateFailure(target, 'invalid', `the engine does not say what stands at ${path}`);
}

/** One entry out of the engine's stat and, for the owner and a link's own text, the archive's header. */
export function entryOf(stat: PathStat, header: Pick<Header, 'uid' | 'gid' | 'linkname'> | null): TreeEntry {
  const kind = kindOf(stat.mode);
  const target = kind === 'symlink' ? (header?.linkname ?? undefined) : undefined;
  return {
    kind,
    mode: permissionsOf(stat.mode),
    uid: header?.uid ?? null,
    gid: header?.gid ?? null,
    size: target === undefined ? stat.size : Buffer.byteLength(target),
    ...(target === undefined ? {} : { target }),
  };
}

function kindOf(mode: number): TreeEntry['kind'] {
  if (has(mode, GO_MODE.directory)) return 'directory';
  if (has(mode, GO_MODE.symlink)) return 'symlink';
  return OTHER.some((kind) => has(mode, GO_MODE[kind])) ? 'other' : 'file';
}

function permissionsOf(mode: number): number {
  const special =
    (has(mode, GO_MODE.setuid) ? 0o4000 : 0) |
    (has(mode, GO_MODE.setgid) ? 0o2000 : 0) |
    (has(mode, GO_MODE.sticky) ? 0o1000 : 0);
  return special | (mode & 0o777);
}

/** By division: bit operators would take bit 31 for a sign. */
function has(mode: number, bit: number): boolean {
  return Math.floor(mode / bit) % 2 === 1;
}
