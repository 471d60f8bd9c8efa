import type { Ending, OpenedFile } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import { givesUp } from './gives-up.ts';
import { type FoundLibrary, findLibrary, type GlibcSearch, openNamed } from './glibc-search.ts';
import { mappingFault } from './glibc-verify.ts';
import { mappedFault } from './map-segments.ts';
import { readConfiguration, whatIs } from './open-library.ts';
import { DT, readDynamic, type SharedObject, stringAt, taggedString } from './shared-object.ts';
import { expandTokens, tokensOf } from './string-tokens.ts';

/** The objects of a process in the order in which glibc loads them: the program first. */
export interface GlibcGraph {
  readonly search: GlibcSearch;
  readonly main: SharedObject;
  /** The loader as an object of its own; it is among `objects` only when something needs it. */
  readonly loader: SharedObject;
  readonly objects: SharedObject[];
  readonly byName: Map<string, SharedObject>;
}

const OBJECTS_MAX = 1024;
const DF_1_PIE = 0x08000000;
/** The kernel's own library: always loaded. */
const VDSO = ['linux-vdso.so.1', 'linux-gate.so.1', 'linux-vdso64.so.1', 'linux-vdso32.so.1'];

/** Adds an object to what can be found by name: its names and its DT_SONAME. The first of a name counts. */
function* register(graph: GlibcGraph, object: SharedObject): TreeProgram<void> {
  const soname = yield* taggedString(graph.search.run, object, DT.SONAME);
  for (const name of [...object.names, ...(soname === null ? [] : [soname])]) {
    if (!graph.byName.has(name)) graph.byName.set(name, object);
  }
}

/** An object that is loaded already and goes by this name, or has it as its DT_SONAME (_dl_map_object). */
function loadedAs(graph: GlibcGraph, name: string): SharedObject | null {
  const object = graph.byName.get(name);
  object?.names.add(name);
  return object ?? null;
}

/** Maps a library that was found, as _dl_map_object_from_fd(). */
function* mapLibrary(
  graph: GlibcGraph,
  name: string,
  by: SharedObject,
  found: FoundLibrary,
): TreeProgram<SharedObject | Ending> {
  const { run, kind } = graph.search;
  const { file, image } = found;
  const fault = mappingFault(image, run.page, kind.minor);
  const refuse = function* (message: string, code: NonNullable<typeof fault>['fault']): TreeProgram<Ending> {
    const what = yield* whatIs(run, file);
    const because = `${by.name} needs ${name}, but ${file.name} is ${what}: the loader says "${message}".`;
    return givesUp(name, code, because, what);
  };
  if (fault) return yield* refuse(fault.message, fault.fault);
  const killed = yield* mappedFault(run, name, `${by.name} needs ${name}`, file, image);
  if (killed) return killed;
  const dynamic = yield* readDynamic(run, file, image);
  if (!dynamic) return yield* refuse('object file has no dynamic section', 'foreign-format');
  const flags = Number((dynamic.values.get(DT.FLAGS_1) ?? 0n) & 0xffffffffn);
  if ((flags & DF_1_PIE) !== 0) {
    if ((kind.minor ?? 0) >= 33) {
      return yield* refuse('cannot dynamically load position-independent executable', 'foreign-format');
    }
    run.doubt = true;
  }
  return { name: file.name, file, image, dynamic, neededBy: by, names: new Set([name, file.name]), isMain: false };
}

/** Loads one name on behalf of an object; the object that it is, old or new. */
function* load(graph: GlibcGraph, name: string, by: SharedObject): TreeProgram<SharedObject | Ending> {
  const { search, main, objects } = graph;
  const loaded = loadedAs(graph, name);
  if (loaded) {
    if (loaded === graph.loader && !objects.includes(loaded)) objects.push(loaded);
    return loaded;
  }
  const found = name.includes('/') ? yield* openNamed(search, name, by) : yield* findLibrary(search, name, by, main);
  if ('outcome' in found) return found;
  const same = [main, ...objects].find((each) => each.file.path === found.file.path);
  if (same) {
    same.names.add(name);
    graph.byName.set(name, same);
    return same;
  }
  const object = yield* mapLibrary(graph, name, by, found);
  if (!('outcome' in object)) {
    objects.push(object);
    yield* register(graph, object);
  }
  if (objects.length > OBJECTS_MAX) search.run.doubt = true;
  return object;
}

/** What an object needs: DT_NEEDED and DT_FILTER must be found, DT_AUXILIARY may be missing. */
function* loadNeeded(graph: GlibcGraph, object: SharedObject): TreeProgram<Ending | null> {
  const { run, kind } = graph.search;
  for (const { tag, value } of object.dynamic.entries) {
    if (tag !== DT.NEEDED && tag !== DT.FILTER && tag !== DT.AUXILIARY) continue;
    const text = yield* stringAt(run, object, value);
    const from = object.isMain ? (object.file.path ?? '') : object.name;
    const name = expandTokens(text, tokensOf(from, run.context.cwd, kind));
    if (name === null) run.doubt = true;
    if (run.doubt || name === null) return null;
    if (VDSO.includes(name)) continue;
    const loaded = yield* load(graph, name, object);
    if ('outcome' in loaded && (tag !== DT.AUXILIARY || loaded.outcome === 'signal')) return loaded;
    if (run.doubt) return null;
  }
  return null;
}

/** /etc/ld.so.preload: each name is loaded before what is needed; one that cannot be is only warned of, unless it kills. */
function* preload(graph: GlibcGraph): TreeProgram<Ending | null> {
  const { run, kind } = graph.search;
  if (kind.preload === null) return null;
  const text = yield* readConfiguration(run, kind.preload);
  if (typeof text !== 'string') return null;
  const names = text.replace(/#[^\n]*/g, '').split(/[\s:]+/);
  for (const name of names.filter(Boolean).slice(0, OBJECTS_MAX)) {
    const loaded = yield* load(graph, name, graph.main);
    if ('outcome' in loaded && loaded.outcome === 'signal') return loaded;
  }
  return null;
}

function objectOf(file: OpenedFile, start: Pick<SharedObject, 'image' | 'dynamic' | 'isMain'>, names: string[]) {
  return { ...start, name: file.name, file, neededBy: null, names: new Set(names) } satisfies SharedObject;
}

/** Loads everything breadth-first (elf/dl-deps.c); an Ending of the first that cannot be, null without a dynamic section. */
export function* loadGlibcGraph(search: GlibcSearch): TreeProgram<GlibcGraph | Ending | null> {
  const { run } = search;
  const dynamic = yield* readDynamic(run, run.program, run.image);
  const ofLoader = yield* readDynamic(run, run.loader.file, run.loader.image);
  if (!dynamic || !ofLoader) return null;
  const main = objectOf(run.program, { image: run.image, dynamic, isMain: true }, ['']);
  const { file, image } = run.loader;
  const loader = objectOf(file, { image, dynamic: ofLoader, isMain: false }, [file.name]);
  const graph: GlibcGraph = { search, main, loader, objects: [main], byName: new Map() };
  for (const each of [main, loader]) yield* register(graph, each);
  const killed = yield* preload(graph);
  if (killed) return killed;
  for (let i = 0; i < graph.objects.length && !run.doubt; i += 1) {
    const object = graph.objects[i];
    const ending = object && object !== loader ? yield* loadNeeded(graph, object) : null;
    if (ending) return ending;
  }
  return graph;
}
