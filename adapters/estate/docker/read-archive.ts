import { extract, type Header } from 'tar-stream';
import type { TreeEntry } from '../../../src/kernel/file-tree.ts';
import { ProbeError } from '../../../src/ports/answer.ts';
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
  const request = { method: 'GET', path: `/containers/${id}/archive`, query: { path }, accept: [404] } as const;
  return engine.open(request, signal, async (answer, within) => {
    if (answer.statusCode === 404) return null;
    const stat = parseStat(engine.target, path, answer.headers['x-docker-container-path-stat']);
    const reader = extract();
    // Both ends are closed by whoever ends first; what they then say about it is no news.
    reader.on('error', () => undefined);
    const stop = () => reader.destroy();
    within.addEventListener('abort', stop, { once: true });
    answer.on('error', (error) => reader.destroy(error)).pipe(reader);
    try {
      for await (const first of reader) {
        const entry = entryOf(stat, first.header);
        const content = await beginning(first as AsyncIterable<Uint8Array>, entry.kind === 'file' ? length : 0);
        return { entry, content };
      }
      // Sockets are left out of archives: the stat is all there is.
      return { entry: entryOf(stat, null), content: new Uint8Array() };
    } finally {
      within.removeEventListener('abort', stop);
      answer.unpipe(reader);
      reader.destroy();
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
  throw new ProbeError({ code: 'invalid', target, message: `the engine does not say what stands at ${path}` });
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
