import type { Ending } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import { givesUp, listed } from './gives-up.ts';
import type { MuslGraph } from './musl-graph.ts';
import { whatIs } from './open-library.ts';
import { hasForeignRelocation, type RelocationClass, relocationsOf } from './relocations.ts';
import type { SharedObject } from './shared-object.ts';
import {
  type DynamicSymbol,
  hashName,
  SHN_UNDEF,
  STB_LOCAL,
  STB_WEAK,
  STT_TLS,
  symbolAt,
  symbolsNamed,
} from './symbol-table.ts';

/** NOTYPE, OBJECT, FUNC, COMMON and TLS (ldso/dynlink.c, OK_TYPES): no indirect functions. */
const USABLE_TYPES = [0, 1, 2, 5, 6];
const USABLE_BINDINGS = [1, 2, 10];
const HIDDEN = 0x8000;
/** How many of the missing symbols a sentence names. */
const NAMED = 3;
const LOOKUPS_MAX = 100_000;

/** Names for 64-bit file offsets, which musl since 1.2.4 takes for the plain ones (get_lfs64). */
const LARGE_FILE = new Set(
  `aio_cancel aio_error aio_fsync aio_read aio_return aio_suspend aio_write alphasort creat fallocate fgetpos fopen freopen
  fseeko fsetpos fstat fstatat fstatfs fstatvfs ftello ftruncate ftw getdents getrlimit glob globfree lio_listio lockf lseek
  lstat mkostemp mkostemps mkstemp mkstemps mmap nftw open openat posix_fadvise posix_fallocate pread preadv prlimit pwrite
  pwritev readdir scandir sendfile setrlimit stat statfs statvfs tmpfile truncate versionsort __fxstat __fxstatat __lxstat
  __xstat`.split(/\s+/),
);

/** Whether the name has a plain one in every musl: 1.2.3 has these symbols itself. */
const isLargeFile = (name: string) =>
  name === 'readdir64_r' || (name.endsWith('64') && LARGE_FILE.has(name.slice(0, -2)));

/** find_sym2(): the first symbol of that name in an object decides whether the object has it. */
function isDefinition(symbol: DynamicSymbol, of: RelocationClass): boolean {
  const undefinedHere = symbol.section === SHN_UNDEF;
  if (undefinedHere && (of === 'jump-slot' || symbol.type === STT_TLS)) return false;
  if (!symbol.hasValue && symbol.type !== STT_TLS) return false;
  return USABLE_TYPES.includes(symbol.type) && USABLE_BINDINGS.includes(symbol.binding);
}

function* isDefined(graph: MuslGraph, name: string, of: RelocationClass): TreeProgram<boolean> {
  const hashed = hashName(name);
  for (const object of graph.objects) {
    if (of === 'copy' && object.isMain) continue;
    const symbols = yield* symbolsNamed(graph.run, object, hashed);
    const symbol = symbols.find((each) => each.version === null || each.version < HIDDEN);
    if (symbol && isDefinition(symbol, of)) return true;
  }
  return isLargeFile(name);
}

/** The symbols that an object's relocations want and nothing defines. musl binds everything before the program starts. */
function* undefinedSymbols(graph: MuslGraph, object: SharedObject, known: Map<string, boolean>): TreeProgram<string[]> {
  const { run } = graph;
  const relocations = yield* relocationsOf(run, object, true);
  if (relocations.length > LOOKUPS_MAX) run.doubt = true;
  const missing = new Set<string>();
  for (const { symbol: index, of } of relocations) {
    if (run.doubt) break;
    const symbol = yield* symbolAt(run, object, index);
    if (!symbol) run.doubt = true;
    if (!symbol || symbol.binding === STB_LOCAL) continue;
    if (symbol.section === SHN_UNDEF && symbol.binding === STB_WEAK) continue;
    const key = `${of} ${symbol.name}`;
    const defined = known.get(key) ?? (yield* isDefined(graph, symbol.name, of));
    known.set(key, defined);
    if (!defined) missing.add(symbol.name);
  }
  return [...missing];
}

/** A library for another machine: musl loads it, and finds out when it cannot relocate it. */
function* foreignLibrary(graph: MuslGraph, object: SharedObject): TreeProgram<Ending | null> {
  const { run } = graph;
  if (object.image.header.machine === run.loader.image.header.machine) return null;
  if (!(yield* hasForeignRelocation(run, object))) run.doubt = true;
  const what = yield* whatIs(run, object.file);
  const because = `${object.neededBy?.name} needs ${object.name}, which is ${what}, for another machine: the loader says "unsupported relocation type".`;
  return givesUp(object.name, 'library-missing', because, what);
}

/** Whether every symbol is defined (ldso/dynlink.c, reloc_all): the libraries first, the program last. */
export function* muslSymbolFault(graph: MuslGraph): TreeProgram<Ending | null> {
  const known = new Map<string, boolean>();
  const [main, ...libraries] = graph.objects;
  for (const object of [...libraries, ...(main ? [main] : [])]) {
    if (object === graph.loader) continue;
    const foreign = yield* foreignLibrary(graph, object);
    if (foreign) return foreign;
    const missing = yield* undefinedSymbols(graph, object, known);
    if (graph.run.doubt) return null;
    if (missing.length === 0) continue;
    const more = missing.length - NAMED;
    const names = listed([...missing.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])]);
    const because = `${object.name} needs ${names}, which neither musl nor the loaded libraries define: it may have been built for glibc.`;
    return givesUp(object.name, 'symbol-version-missing', because);
  }
  return null;
}
