import { padded } from '../bytes.ts';
import {
  claimedLayout,
  type ElfHeader,
  type ElfLayout,
  ET_DYN,
  ET_EXEC,
  headerSize,
  isElf,
  type ProgramHeader,
  PT_DYNAMIC,
  parseHeader,
  parseProgramHeaders,
  programHeaderSize,
} from '../elf.ts';
import type { Image } from '../elf-image.ts';
import type { Ending, OpenedFile } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import type { ErrnoName, FaultCode } from '../outcome.ts';
import { givesUp, listed } from './gives-up.ts';
import type { LoaderKind } from './loader-kind.ts';
import { bytesAt, type LoaderRun } from './loader-run.ts';
import { mappedFault } from './map-segments.ts';
import { type MuslSearch, searchMusl } from './musl-search.ts';
import { openLibrary, whatIs } from './open-library.ts';
import { DT, readDynamic, type SharedObject, stringAt } from './shared-object.ts';
import { hashName, symbolsNamed } from './symbol-table.ts';

/** The objects of a process in the order in which musl loads them; the loader, which is libc too, only once needed. */
export interface MuslGraph {
  readonly run: LoaderRun;
  readonly kind: LoaderKind & { kind: 'musl' };
  readonly loader: SharedObject;
  readonly objects: SharedObject[];
  /** musl goes on after a library it cannot load; the first one is what its first line names. */
  first: Ending | null;
}

const OBJECTS_MAX = 1024;
/** Libraries that musl is itself (ldso/dynlink.c, load_library). */
const OWN_NAMES = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;

const REASONS: Partial<Record<ErrnoName, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by the user of the container',
};

/** Why musl says "Exec format error" of a file. */
type NoLibrary = 'cut' | 'no-library';

/** The program headers, as far apart as the file says; it is not asked whether that is right. */
function segmentsOf(table: Uint8Array, header: ElfHeader, layout: ElfLayout): ProgramHeader[] {
  const each = programHeaderSize(layout);
  return Array.from({ length: header.phnum }, (_, i) => {
    const at = i * header.phentsize;
    return parseProgramHeaders(padded(table.subarray(at), each), layout);
  }).flat();
}

/** The headers of a library as map_library() reads them: it looks at no magic, width or machine. */
function* readLibrary(run: LoaderRun, file: OpenedFile): TreeProgram<Image | NoLibrary> {
  const { layout } = run;
  const head = yield* bytesAt(run, file, 0, headerSize(layout));
  if (head.length < headerSize(layout)) return isElf(head) ? 'cut' : 'no-library';
  const header = parseHeader(head, layout);
  if (header.type !== ET_DYN && header.type !== ET_EXEC) return 'no-library';
  const size = header.phentsize * header.phnum;
  if (header.phoff + BigInt(size) > BigInt(file.size)) return isElf(head) ? 'cut' : 'no-library';
  const segments = segmentsOf(yield* bytesAt(run, file, Number(header.phoff), size), header, layout);
  if (!segments.some((each) => each.type === PT_DYNAMIC && each.vaddr !== 0n)) return 'no-library';
  const { bits, little } = claimedLayout(head);
  const usual = isElf(head) && bits === layout.bits && little === layout.little && header.type === ET_DYN;
  if (!usual || header.phentsize !== programHeaderSize(layout)) run.doubt = true;
  return { header, segments, fileSize: BigInt(file.size) };
}

function problem(graph: MuslGraph, culprit: string, fault: FaultCode, because: string, is: string | null): null {
  graph.first ??= givesUp(culprit, fault, because, is);
  return null;
}

function* notALibrary(
  graph: MuslGraph,
  name: string,
  by: SharedObject,
  file: OpenedFile,
  why: NoLibrary,
): TreeProgram<null> {
  const what = yield* whatIs(graph.run, file);
  const cut: FaultCode = file.size === 0 ? 'empty-file' : 'truncated-binary';
  const fault = why === 'cut' || file.size === 0 ? cut : 'foreign-format';
  const because = `${by.name} needs ${name}, but ${file.name} is ${what}: the loader says "Exec format error".`;
  return problem(graph, name, fault, because, what);
}

/** Whether a library is a C library of its own, glibc or musl: musl takes itself in its place. */
function* isAnotherLibc(run: LoaderRun, object: SharedObject): TreeProgram<boolean> {
  for (const name of ['__libc_start_main', 'stdin']) {
    const found = yield* symbolsNamed(run, object, hashName(name));
    if (!found.some((symbol) => symbol.section !== 0 && symbol.hasValue)) return false;
  }
  return true;
}

function itself(graph: MuslGraph): null {
  if (!graph.objects.includes(graph.loader)) graph.objects.push(graph.loader);
  return null;
}

function* open(graph: MuslGraph, name: string, by: SharedObject): TreeProgram<OpenedFile | null> {
  const { run } = graph;
  if (name === '') return problem(graph, name, 'library-missing', `${by.name} needs a library without a name.`, null);
  const search: MuslSearch = name.includes('/')
    ? { opened: yield* openLibrary(run, name), searched: [] }
    : yield* searchMusl(run, graph.kind, name, by);
  const { opened, searched } = search;
  if (opened.kind === 'file') return opened.file;
  if (opened.kind === 'directory') {
    return problem(graph, name, 'foreign-format', `${by.name} needs ${name}, which is a directory.`, 'directory');
  }
  const cannot = REASONS[opened.errno] ?? 'cannot be opened';
  const where = searched.length === 0 ? cannot : `is not in ${listed([...new Set(searched)])}`;
  return problem(graph, name, 'library-missing', `${by.name} needs ${name}, which ${where}.`, null);
}

/** load_library(): null when the name is settled, one way or the other; an Ending when the loader is killed. */
function* load(graph: MuslGraph, name: string, by: SharedObject): TreeProgram<Ending | null> {
  const { run, loader, objects } = graph;
  if (OWN_NAMES.test(name) || name === loader.name) return itself(graph);
  if (!name.includes('/') && objects.some((each) => each.names.has(name))) return null;
  const file = yield* open(graph, name, by);
  if (!file) return null;
  const same = objects.find((each) => each.file.path === file.path && each !== loader && !each.isMain);
  if (same) {
    if (!name.includes('/')) same.names.add(name);
    return null;
  }
  const image = yield* readLibrary(run, file);
  if (typeof image === 'string') return yield* notALibrary(graph, name, by, file, image);
  const killed = yield* mappedFault(run, name, `${by.name} needs ${name}`, file, image);
  if (killed || run.doubt) return killed;
  const dynamic = yield* readDynamic(run, file, image);
  if (!dynamic) return yield* notALibrary(graph, name, by, file, 'no-library');
  const names = new Set(name.includes('/') ? [] : [name]);
  const object: SharedObject = { name: file.name, file, image, dynamic, neededBy: by, names, isMain: false };
  if (yield* isAnotherLibc(run, object)) return itself(graph);
  objects.push(object);
  if (objects.length > OBJECTS_MAX) run.doubt = true;
  return null;
}

/** Loads everything breadth-first (ldso/dynlink.c, load_deps). An Ending is a signal; null without a dynamic section. */
export function* loadMuslGraph(
  run: LoaderRun,
  kind: LoaderKind & { kind: 'musl' },
): TreeProgram<MuslGraph | Ending | null> {
  const dynamic = yield* readDynamic(run, run.program, run.image);
  const { file, image } = run.loader;
  const ofLoader = yield* readDynamic(run, file, image);
  if (!dynamic || !ofLoader) return null;
  const objectOf = (of: Pick<SharedObject, 'file' | 'image' | 'dynamic' | 'isMain'>): SharedObject => ({
    ...of,
    name: of.file.name,
    neededBy: null,
    names: new Set(),
  });
  const main = objectOf({ file: run.program, image: run.image, dynamic, isMain: true });
  const loader = objectOf({ file, image, dynamic: ofLoader, isMain: false });
  const graph: MuslGraph = { run, kind, loader, objects: [main], first: null };
  for (let i = 0; i < graph.objects.length && !run.doubt; i += 1) {
    const object = graph.objects[i];
    if (!object || object === loader) continue;
    for (const { tag, value } of object.dynamic.entries) {
      if (tag !== DT.NEEDED) continue;
      const name = yield* stringAt(run, object, value);
      const ending = run.doubt ? null : yield* load(graph, name, object);
      if (ending) return ending;
      if (run.doubt) return graph;
    }
  }
  return graph;
}
