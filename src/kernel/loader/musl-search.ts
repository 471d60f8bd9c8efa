import { byteLength } from '../bytes.ts';
import type { TreeProgram } from '../file-tree.ts';
import type { ErrnoName } from '../outcome.ts';
import type { LoaderKind } from './loader-kind.ts';
import type { LoaderRun } from './loader-run.ts';
import { type OpenedLibrary, openLibrary, readConfiguration } from './open-library.ts';
import { DT, type SharedObject, taggedString } from './shared-object.ts';

const NAME_MAX = 255;
/** The buffer for a candidate's path; a longer one is passed over. */
const PATH_BUFFER = 2 * NAME_MAX + 2;
const ORIGIN = /\$(?:ORIGIN|\{ORIGIN\})/g;
/** Errors that let the search go on (ldso/dynlink.c, path_open). */
const PASSED_OVER: readonly ErrnoName[] = ['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG'];

/** What a search came to, and the directories it went through. */
export interface MuslSearch {
  readonly opened: OpenedLibrary;
  readonly searched: readonly string[];
}

/** path_open(): null when the search may go on. */
function* pathOpen(run: LoaderRun, name: string, path: string, trail: string[]): TreeProgram<OpenedLibrary | null> {
  for (const directory of path.split(/[:\n]+/).filter(Boolean)) {
    trail.push(directory);
    const candidate = `${directory}/${name}`;
    if (byteLength(candidate) >= PATH_BUFFER) continue;
    const opened = yield* openLibrary(run, candidate);
    if (opened.kind !== 'errno' || !PASSED_OVER.includes(opened.errno)) return opened;
  }
  return null;
}

/** The DT_RUNPATH or else DT_RPATH of an object, $ORIGIN filled in; null with any other token, and without one (fixup_rpath). */
function* rpathOf(run: LoaderRun, of: SharedObject): TreeProgram<string | null> {
  const text = (yield* taggedString(run, of, DT.RUNPATH)) ?? (yield* taggedString(run, of, DT.RPATH));
  if (!text?.includes('$')) return text;
  if (text.replace(ORIGIN, '').includes('$')) return null;
  const name = of.isMain ? (of.file.path ?? '') : of.name;
  // Unlike glibc, musl leaves a relative origin relative.
  const origin = name.slice(0, name.lastIndexOf('/'));
  return text.replace(ORIGIN, () => origin);
}

/** The directories of /etc/ld-musl-ARCH.path, below the loader's own prefix, or those built in. */
function* systemPath(run: LoaderRun, kind: LoaderKind & { kind: 'musl' }): TreeProgram<string> {
  const { name } = run.loader.file;
  const prefix = name.startsWith('/') ? name.slice(0, name.lastIndexOf('/', name.lastIndexOf('/') - 1)) : '';
  const text = yield* readConfiguration(run, `${prefix}/etc/ld-musl-${kind.arch}.path`);
  if (typeof text === 'string') return text.split('\0')[0] ?? '';
  return text.errno === 'ENOENT' ? kind.directories : '';
}

/** Searches a name without a slash: the run paths of what asks and of all that asked for it, then the system's. */
export function* searchMusl(
  run: LoaderRun,
  kind: LoaderKind & { kind: 'musl' },
  name: string,
  by: SharedObject,
): TreeProgram<MuslSearch> {
  const searched: string[] = [];
  const missing: OpenedLibrary = { kind: 'errno', errno: 'ENOENT' };
  if (byteLength(name) > NAME_MAX) return { opened: missing, searched };
  for (let each: SharedObject | null = by; each; each = each.neededBy) {
    const path = yield* rpathOf(run, each);
    const opened = path === null ? null : yield* pathOpen(run, name, path, searched);
    if (opened) return { opened, searched };
  }
  const opened = yield* pathOpen(run, name, yield* systemPath(run, kind), searched);
  return { opened: opened ?? missing, searched };
}
