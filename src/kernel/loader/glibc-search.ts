import type { Image } from '../elf-image.ts';
import type { Ending, OpenedFile } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import type { ErrnoName } from '../outcome.ts';
import { resolvePath } from '../resolve-path.ts';
import { givesUp, listed } from './gives-up.ts';
import { verifyLibrary } from './glibc-verify.ts';
import { lookUpCache, OTHER_HWCAPS } from './ld-so-cache.ts';
import type { LoaderKind } from './loader-kind.ts';
import { bytesAt, type LoaderRun } from './loader-run.ts';
import { openLibrary, whatIs } from './open-library.ts';
import { DT, type SharedObject, taggedString } from './shared-object.ts';
import { expandTokens, tokensOf } from './string-tokens.ts';

/** A search of glibc's: what it knows from its own bytes, and what it found out about directories. */
export interface GlibcSearch {
  readonly run: LoaderRun;
  readonly kind: LoaderKind & { kind: 'glibc' };
  /** Whether a directory exists, by its name. */
  readonly directories: Map<string, boolean>;
  /** The whole cache; null when there is none, undefined before it was looked for. */
  cache: Uint8Array | null | undefined;
}

/** A library that was found and verified. */
export interface FoundLibrary {
  readonly file: OpenedFile;
  readonly image: Image;
}

/** What one search for a name came by: files for other machines, and where it looked. */
interface Trail {
  readonly name: string;
  readonly by: SharedObject;
  readonly searched: string[];
  readonly passedOver: OpenedFile[];
}

const DF_1_NODEFLIB = 0x800;
const CACHE_MAX = 4 * 1024 * 1024;
/** glibc-hwcaps is searched since 2.33. */
const SEARCHES_HWCAPS = 33;
/** Subdirectories for processors before 2.37 (elf/dl-hwcaps.c). */
const LEGACY = ['tls/', 'x86_64/', 'haswell/', 'xeon_phi/', 'avx512_1/', 'atomics/', 'v8l/'];
const LEGACY_UNTIL = 37;
const LEVELS = [4, 3, 2];

type Tried = FoundLibrary | Ending | { readonly errno: ErrnoName } | null;

const isFound = (tried: Tried): tried is FoundLibrary | Ending =>
  tried !== null && ('file' in tried || 'outcome' in tried);

/** Opens one candidate: the library, the end of everything, the errno, or null when it is for another machine. */
function* tryFile(search: GlibcSearch, path: string, trail: Trail): TreeProgram<Tried> {
  const { run } = search;
  const opened = yield* openLibrary(run, path);
  if (opened.kind === 'errno') return { errno: opened.errno };
  const needs = `${trail.by.name} needs ${trail.name}`;
  if (opened.kind === 'directory') {
    return givesUp(trail.name, 'foreign-format', `${needs}, but ${path} is a directory.`, 'directory');
  }
  const verified = yield* verifyLibrary(run, opened.file);
  if (verified.kind === 'library') return { file: opened.file, image: verified.image };
  if (verified.kind === 'passed-over') {
    trail.passedOver.push(opened.file);
    return null;
  }
  const what = yield* whatIs(run, opened.file);
  const because = `${needs}, but ${path} is ${what}: the loader says "${verified.message}".`;
  return givesUp(trail.name, verified.fault, because, what);
}

function* isDirectory(search: GlibcSearch, directory: string): TreeProgram<boolean> {
  const known = search.directories.get(directory);
  if (known !== undefined) return known;
  const { cwd, who } = search.run.context;
  const found = yield* resolvePath(directory || '.', cwd, who);
  const is = found.found && found.entry.kind === 'directory';
  search.directories.set(directory, is);
  return is;
}

/**
 * The glibc-hwcaps subdirectories of the processor, best first. When that is not known and any of them holds the
 * library, nothing is certain.
 */
function* levelDirectories(search: GlibcSearch, directory: string, name: string): TreeProgram<string[]> {
  const { run, kind } = search;
  const hwcaps = `${directory}glibc-hwcaps/`;
  if ((kind.minor !== null && kind.minor < SEARCHES_HWCAPS) || !(yield* isDirectory(search, hwcaps))) return [];
  const levels = LEVELS.filter((each) => each <= (run.cpuLevel ?? 0)).map((each) => `${hwcaps}x86-64-v${each}/`);
  if (run.cpuLevel !== null && kind.minor !== null) return levels;
  const all = [...LEVELS.map((each) => `x86-64-v${each}`), ...OTHER_HWCAPS];
  for (const each of all) {
    const opened = yield* openLibrary(run, `${hwcaps}${each}/${name}`);
    if (opened.kind !== 'errno') run.doubt = true;
  }
  return [];
}

/** Whether a subdirectory of glibc before 2.37 might hold what the directory does not: then nothing is certain. */
function* mayHide(search: GlibcSearch, directory: string): TreeProgram<boolean> {
  if ((search.kind.minor ?? 0) >= LEGACY_UNTIL) return false;
  for (const below of LEGACY) if (yield* isDirectory(search, `${directory}${below}`)) return true;
  return false;
}

/** open_path(): the directories in turn. Another error than "not there" or "may not" ends the list, not the search. */
function* searchList(search: GlibcSearch, directories: readonly string[], trail: Trail): TreeProgram<Tried> {
  for (const directory of directories) {
    trail.searched.push(directory === '' ? 'the working directory' : directory.replace(/(.)\/$/, '$1'));
    for (const below of yield* levelDirectories(search, directory, trail.name)) {
      const tried = yield* tryFile(search, `${below}${trail.name}`, trail);
      if (isFound(tried)) return tried;
    }
    const tried = yield* tryFile(search, `${directory}${trail.name}`, trail);
    if (isFound(tried)) return tried;
    const there = !directory.startsWith('/') || (yield* isDirectory(search, directory));
    if (there && (yield* mayHide(search, directory))) search.run.doubt = true;
    if (!tried || !there || tried.errno === 'ENOENT' || tried.errno === 'EACCES') continue;
    if (tried.errno !== 'ENOTDIR' || (search.kind.minor ?? 0) < 39) return tried;
  }
  return null;
}

/** The directories of a DT_RPATH or DT_RUNPATH (fillin_rpath); an empty element is the working directory. */
function* pathOf(search: GlibcSearch, of: SharedObject, tag: number): TreeProgram<string[]> {
  const text = yield* taggedString(search.run, of, tag);
  if (!text) return [];
  const tokens = tokensOf(of.isMain ? (of.file.path ?? '') : of.name, search.run.context.cwd, search.kind);
  return text.split(':').flatMap((element) => {
    const expanded = expandTokens(element, tokens);
    if (expanded === null) search.run.doubt = true;
    if (!expanded) return element === '' ? [''] : [];
    return [`${expanded.replace(/\/+$/, '')}/`];
  });
}

/** DT_RPATH of the object, of what loaded it, and so on up, then the program's; each counts only without DT_RUNPATH. */
function* searchRpath(search: GlibcSearch, trail: Trail, main: SharedObject): TreeProgram<Tried> {
  const chain: SharedObject[] = [];
  for (let each: SharedObject | null = trail.by; each; each = each.neededBy) chain.push(each);
  if (!chain.includes(main)) chain.push(main);
  for (const each of chain) {
    if (each.dynamic.values.has(DT.RUNPATH)) continue;
    const tried = yield* searchList(search, yield* pathOf(search, each, DT.RPATH), trail);
    if (isFound(tried)) return tried;
  }
  return null;
}

function* readCache(search: GlibcSearch): TreeProgram<Uint8Array | null> {
  if (search.cache !== undefined) return search.cache;
  search.cache = null;
  const { run, kind } = search;
  if (kind.cache === null) return null;
  const opened = yield* openLibrary(run, kind.cache);
  if (opened.kind !== 'file') return null;
  if (opened.file.size > CACHE_MAX) run.doubt = true;
  else search.cache = yield* bytesAt(run, opened.file, 0, opened.file.size);
  return search.cache;
}

function* searchCache(search: GlibcSearch, trail: Trail, noDefaults: boolean): TreeProgram<Tried> {
  const { run, kind } = search;
  const cache = yield* readCache(search);
  if (!cache) return null;
  trail.searched.push(kind.cache ?? '');
  const name = new TextEncoder().encode(trail.name);
  const { path, depends } = lookUpCache(cache, name, run.loader.image.header.machine, run.layout, run.cpuLevel);
  if (depends) run.doubt = true;
  if (path === null || (noDefaults && kind.directories.some((each) => path.startsWith(each)))) return null;
  return yield* tryFile(search, path, trail);
}

function* notFound(search: GlibcSearch, trail: Trail): TreeProgram<Ending> {
  const { name, by, searched, passedOver } = trail;
  const [other] = passedOver;
  const what = other ? yield* whatIs(search.run, other) : null;
  const places = [...new Set(searched)];
  const where = places.length > 0 ? `is not in ${listed(places)}` : 'does not exist';
  const because = other
    ? `${by.name} needs ${name}, but ${other.name} is ${what}, for another machine, and is passed over.`
    : `${by.name} needs ${name}, which ${where}.`;
  return givesUp(name, 'library-missing', because, what);
}

/** Finds a library by its name without a slash, in the order of _dl_map_object(); an Ending when the loader dies of it. */
export function* findLibrary(
  search: GlibcSearch,
  name: string,
  by: SharedObject,
  main: SharedObject,
): TreeProgram<FoundLibrary | Ending> {
  const trail: Trail = { name, by, searched: [], passedOver: [] };
  const noDefaults = (Number(by.dynamic.values.get(DT.FLAGS_1) ?? 0n) & DF_1_NODEFLIB) !== 0;
  if (!by.dynamic.values.has(DT.RUNPATH)) {
    const tried = yield* searchRpath(search, trail, main);
    if (isFound(tried)) return tried;
  }
  const own = yield* searchList(search, yield* pathOf(search, by, DT.RUNPATH), trail);
  if (isFound(own)) return own;
  const cached = yield* searchCache(search, trail, noDefaults);
  if (isFound(cached)) return cached;
  if (!noDefaults) {
    if (search.kind.directories.length === 0) search.run.doubt = true;
    const usual = yield* searchList(search, search.kind.directories, trail);
    if (isFound(usual)) return usual;
  }
  return yield* notFound(search, trail);
}

/** Opens a library by a name with a slash, relative to the working directory. */
export function* openNamed(search: GlibcSearch, name: string, by: SharedObject): TreeProgram<FoundLibrary | Ending> {
  const trail: Trail = { name, by, searched: [], passedOver: [] };
  const tried = yield* tryFile(search, name, trail);
  return isFound(tried) ? tried : yield* notFound(search, trail);
}
