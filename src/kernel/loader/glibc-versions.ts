import { viewOf } from '../bytes.ts';
import type { Ending } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import { givesUp } from './gives-up.ts';
import type { GlibcGraph } from './glibc-graph.ts';
import type { LoaderRun } from './loader-run.ts';
import { DT, memoryAt, type SharedObject, stringAt } from './shared-object.ts';

/** A version that an object needs of another (Elf_Verneed with one Elf_Vernaux). */
export interface NeededVersion {
  readonly file: string;
  readonly name: string;
  readonly weak: boolean;
  /** The index by which symbols refer to it. */
  readonly index: number;
  readonly hidden: boolean;
}

/** A version that an object defines (Elf_Verdef); the base is the object's own name. */
export interface DefinedVersion {
  readonly name: string;
  readonly index: number;
  readonly base: boolean;
}

const MISSING_VERSION = 1;
const RECORDS_MAX = 20_000;
const RECORD = 20;
const AUXILIARY = 16;
const VER_FLG_BASE = 1;
const VER_FLG_WEAK = 2;
const VERSION_MASK = 0x7fff;

/** Walks a chain of records: each tells how far the next one is, 0 at the end. Too long or cut: the run is in doubt. */
function* chain(
  run: LoaderRun,
  object: SharedObject,
  start: bigint,
  size: number,
  nextAt: number,
): TreeProgram<{ at: bigint; view: DataView }[]> {
  const records: { at: bigint; view: DataView }[] = [];
  for (let at = start; records.length < RECORDS_MAX; ) {
    const bytes = yield* memoryAt(run, object, at, size);
    if (bytes.length < size) break;
    const view = viewOf(bytes);
    records.push({ at, view });
    const next = view.getUint32(nextAt, run.layout.little);
    if (next === 0) return records;
    at += BigInt(next);
  }
  run.doubt = true;
  return records;
}

/** DT_VERNEED of an object (gABI GNU extension; elf/dl-version.c). */
export function* neededVersions(run: LoaderRun, object: SharedObject): TreeProgram<NeededVersion[]> {
  const start = object.dynamic.values.get(DT.VERNEED);
  if (start === undefined) return [];
  const { little } = run.layout;
  const versions: NeededVersion[] = [];
  for (const { at, view } of yield* chain(run, object, start, 16, 12)) {
    if (view.getUint16(0, little) !== 1) run.doubt = true;
    const file = yield* stringAt(run, object, view.getUint32(4, little));
    const first = at + BigInt(view.getUint32(8, little));
    for (const { view: each } of yield* chain(run, object, first, AUXILIARY, 12)) {
      const name = yield* stringAt(run, object, each.getUint32(8, little));
      const other = each.getUint16(6, little);
      const weak = (each.getUint16(4, little) & VER_FLG_WEAK) !== 0;
      versions.push({ file, name, weak, index: other & VERSION_MASK, hidden: other > VERSION_MASK });
      if (versions.length > RECORDS_MAX) run.doubt = true;
    }
    if (run.doubt) break;
  }
  return versions;
}

/** DT_VERDEF of an object; null when it has no versions at all. */
export function* definedVersions(run: LoaderRun, object: SharedObject): TreeProgram<DefinedVersion[] | null> {
  const start = object.dynamic.values.get(DT.VERDEF);
  if (start === undefined) return null;
  const { little } = run.layout;
  const versions: DefinedVersion[] = [];
  for (const { at, view } of yield* chain(run, object, start, RECORD, 16)) {
    if (view.getUint16(0, little) !== 1) run.doubt = true;
    const auxiliary = yield* memoryAt(run, object, at + BigInt(view.getUint32(12, little)), 8);
    if (auxiliary.length < 8) run.doubt = true;
    if (run.doubt) break;
    const name = yield* stringAt(run, object, viewOf(auxiliary).getUint32(0, little));
    const index = view.getUint16(4, little) & VERSION_MASK;
    versions.push({ name, index, base: (view.getUint16(2, little) & VER_FLG_BASE) !== 0 });
  }
  return versions;
}

function missing(by: SharedObject, of: SharedObject, version: NeededVersion, highest: string | null): Ending {
  const has = highest === null ? '' : ` The newest of its kind there is ${highest}.`;
  const because = `${by.name} needs version ${version.name} of ${version.file}, which ${of.name} does not have.${has}`;
  return givesUp(version.file, 'symbol-version-missing', because, null, MISSING_VERSION);
}

/** find_needed() finds nothing: an assertion of glibc's fails, and the status is 127. */
function notLoaded(by: SharedObject, version: NeededVersion): Ending {
  const because = `${by.name} needs version ${version.name} of ${version.file}, but needs no library of that name: the loader gives up.`;
  return givesUp(version.file, 'symbol-version-missing', because);
}

/** The highest version with the same prefix, for the reader: `GLIBC_2.36` beside `GLIBC_2.99`. */
function newestLike(name: string, defined: Iterable<string>): string | null {
  const prefix = name.slice(0, name.lastIndexOf('_') + 1);
  const order = new Intl.Collator('en', { numeric: true });
  const isAlike = (each: string) => each.startsWith(prefix) && /^\d[\d.]*$/.test(each.slice(prefix.length));
  const alike = prefix ? [...defined].filter(isAlike) : [];
  return alike.toSorted(order.compare).at(-1) ?? null;
}

/** What an object has to offer: its versions' names, or null when it has no versions at all. */
interface Offer {
  readonly of: SharedObject;
  readonly versions: ReadonlySet<string> | null;
}

/** The object that goes by a name; null when none does. */
function* offerOf(graph: GlibcGraph, file: string): TreeProgram<Offer | null> {
  const of = [...graph.objects, graph.loader].find((each) => each.names.has(file));
  if (!of) return null;
  const defined = yield* definedVersions(graph.search.run, of);
  return { of, versions: defined && new Set(defined.map((each) => each.name)) };
}

/**
 * Whether every version that is needed is defined (_dl_check_all_versions). A library without versions is only warned
 * of, and so is a weak version. glibc exits with 1, not 127.
 */
export function* versionFault(graph: GlibcGraph): TreeProgram<Ending | null> {
  const { run } = graph.search;
  const offers = new Map<string, Offer | null>();
  for (const object of graph.objects) {
    for (const version of yield* neededVersions(run, object)) {
      const offer = offers.get(version.file) ?? (yield* offerOf(graph, version.file));
      offers.set(version.file, offer);
      if (run.doubt) return null;
      if (!offer) return notLoaded(object, version);
      const { of, versions } = offer;
      if (!versions || version.weak || versions.has(version.name)) continue;
      return missing(object, of, version, newestLike(version.name, versions));
    }
  }
  return null;
}
