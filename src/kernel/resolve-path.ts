import { byteLength } from './bytes.ts';
import { lstat, type TreeEntry, type TreeProgram } from './file-tree.ts';
import type { ErrnoName } from './outcome.ts';
import { type Identity, maySearch } from './permissions.ts';

/** Where a name leads: a physical path that is no symbolic link, or the errno of open(2) and the path it stopped at. */
export type PathAnswer =
  | { readonly found: true; readonly path: string; readonly entry: TreeEntry }
  | { readonly found: false; readonly errno: ErrnoName; readonly at: string };

const PATH_MAX = 4096;
const NAME_MAX = 255;
const MAX_LINKS = 40;

/** What stands in for a directory the source does not list, such as the root of a layer or a working directory yet to be made. */
const IMPLIED: TreeEntry = { kind: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 };

/** `dir` and a name below it; `dir` is physical. */
function join(dir: string, name: string): string {
  return dir === '/' ? `/${name}` : `${dir}/${name}`;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

const refuse = (errno: ErrnoName, at: string): PathAnswer => ({ found: false, errno, at });

/** The state of one walk; `pending` holds the elements still to be walked, the next one last. */
interface Walk {
  here: string;
  entry: TreeEntry;
  pending: string[];
  links: number;
  mustBeDirectory: boolean;
}

/** Puts a name's elements before the pending ones. A trailing slash demands a directory if nothing follows. */
function push(walk: Walk, name: string): void {
  if (name.endsWith('/') && walk.pending.length === 0) walk.mustBeDirectory = true;
  walk.pending.push(...name.split('/').filter(Boolean).reverse());
}

function* follow(walk: Walk, target: string | undefined, at: string): TreeProgram<PathAnswer | null> {
  walk.links += 1;
  if (walk.links > MAX_LINKS) return refuse('ELOOP', at);
  if (!target) return refuse('ENOENT', at);
  push(walk, target);
  if (target.startsWith('/')) {
    walk.here = '/';
    walk.entry = (yield* lstat('/')) ?? IMPLIED;
  }
  return null;
}

/** Walks one element; an answer ends the walk. */
function* step(walk: Walk, part: string, who: Identity): TreeProgram<PathAnswer | null> {
  if (walk.entry.kind !== 'directory') return refuse('ENOTDIR', walk.here);
  if (!maySearch(walk.entry, who)) return refuse('EACCES', walk.here);
  if (part === '.') return null;
  if (part === '..') {
    walk.here = parentOf(walk.here);
    walk.entry = (yield* lstat(walk.here)) ?? IMPLIED;
    return null;
  }
  const at = join(walk.here, part);
  if (byteLength(part) > NAME_MAX) return refuse('ENAMETOOLONG', at);
  const entry = yield* lstat(at);
  if (!entry) return refuse('ENOENT', at);
  if (entry.kind === 'symlink') return yield* follow(walk, entry.target, at);
  walk.here = at;
  walk.entry = entry;
  return null;
}

/**
 * Walks a name as open(2) does (fs/namei.c): links followed, 40 of them at most, `..` and absolute links never leave the
 * root, nothing is normalised textually. `from` is the physical directory that relative names start at; an empty name is it.
 */
export function* resolvePath(name: string, from: string, who: Identity): TreeProgram<PathAnswer> {
  if (name.includes('\0')) return refuse('EINVAL', name);
  if (byteLength(name) >= PATH_MAX) return refuse('ENAMETOOLONG', name);
  const here = name.startsWith('/') ? '/' : from;
  // There is nothing to learn about the root directory for one who may search every directory.
  const entry = here === '/' && who.uid === 0 ? IMPLIED : ((yield* lstat(here)) ?? IMPLIED);
  const walk: Walk = { here, entry, pending: [], links: 0, mustBeDirectory: false };
  push(walk, name);
  for (let part = walk.pending.pop(); part !== undefined; part = walk.pending.pop()) {
    const refused = yield* step(walk, part, who);
    if (refused) return refused;
  }
  if (walk.mustBeDirectory && walk.entry.kind !== 'directory') return refuse('ENOTDIR', walk.here);
  return { found: true, path: walk.here, entry: walk.entry };
}

/** A path without `.`, `..` and double slashes, by its text alone: Go's path/filepath.Clean. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!path.startsWith('/')) parts.push('..');
  }
  return path.startsWith('/') ? `/${parts.join('/')}` : parts.join('/') || '.';
}
