import { lstat, type TreeEntry, type TreeProgram } from './file-tree.ts';
import type { ErrnoName } from './outcome.ts';

/** Who looks: decides which permission bits count (fs/namei.c, generic_permission). */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
}

export type Resolved =
  | { readonly kind: 'found'; readonly path: string; readonly entry: TreeEntry }
  | { readonly kind: 'error'; readonly errno: ErrnoName };

/** include/linux/limits.h: PATH_MAX counts the terminating NUL. */
const PATH_LIMIT = 4095;
const NAME_LIMIT = 255;
/** include/linux/namei.h: MAXSYMLINKS, over the whole walk. */
const LINK_LIMIT = 40;

const error = (errno: ErrnoName): Resolved => ({ kind: 'error', errno });
const encoder = new TextEncoder();
const bytesOf = (text: string) => encoder.encode(text).length;

/**
 * Walks a path as fs/namei.c does: component by component, links followed inside the root, which `..` never leaves. An empty
 * path is ENOENT. `cwd` must be absolute and is walked first when the path is relative.
 */
export function* resolvePath(path: string, cwd: string, who: Credentials): TreeProgram<Resolved> {
  if (path === '') return error('ENOENT');
  if (bytesOf(path) > PATH_LIMIT) return error('ENAMETOOLONG');
  const whole = path.startsWith('/') ? path : `${cwd}/${path}`;
  let todo = whole.split('/');
  const mustBeDirectory = /\/\.?$/.test(path);
  let at: { path: string; entry: TreeEntry }[] = [];
  const root = yield* lstat('/');
  let links = 0;
  const here = () => at.at(-1) ?? { path: '/', entry: root ?? ROOT };
  while (todo.length > 0) {
    const [name = '', ...rest] = todo;
    todo = rest;
    if (name === '' && (rest.length > 0 || here().entry.kind === 'directory')) continue;
    if (here().entry.kind !== 'directory') return error('ENOTDIR');
    if (!maySearch(here().entry, who)) return error('EACCES');
    if (name === '.' || name === '') continue;
    if (name === '..') {
      at = at.slice(0, -1);
      continue;
    }
    if (bytesOf(name) > NAME_LIMIT) return error('ENAMETOOLONG');
    const full = `${at.at(-1)?.path ?? ''}/${name}`;
    const entry = yield* lstat(full);
    if (!entry) return error('ENOENT');
    if (entry.kind !== 'symlink') {
      at = [...at, { path: full, entry }];
      continue;
    }
    links += 1;
    if (links > LINK_LIMIT) return error('ELOOP');
    const target = entry.target ?? '';
    if (target === '') return error('ENOENT');
    if (bytesOf(target) > PATH_LIMIT) return error('ENAMETOOLONG');
    if (target.startsWith('/')) at = [];
    todo = [...target.split('/'), ...rest];
  }
  const { path: found, entry } = here();
  if (mustBeDirectory && entry.kind !== 'directory') return error('ENOTDIR');
  return { kind: 'found', path: found, entry };
}

const ROOT: TreeEntry = { kind: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 };

/** Search permission on a directory: root always has it (CAP_DAC_READ_SEARCH). */
function maySearch(entry: TreeEntry, who: Credentials): boolean {
  return who.uid === 0 || (classBits(entry, who) & 1) !== 0;
}

/** Execute permission on a file: root needs any one x bit, others exactly that of their class (CAP_DAC_OVERRIDE, fs/namei.c). */
export function mayExecute(entry: TreeEntry, who: Credentials): boolean {
  return who.uid === 0 ? (entry.mode & 0o111) !== 0 : (classBits(entry, who) & 1) !== 0;
}

/** The three bits of the class that applies. An owner that the source cannot tell is taken for root, as in images it nearly always is. */
function classBits(entry: TreeEntry, who: Credentials): number {
  if ((entry.uid ?? 0) === who.uid) return entry.mode >> 6;
  if ((entry.gid ?? 0) === who.gid) return entry.mode >> 3;
  return entry.mode;
}
