import type { Ending } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import { givesUp } from './gives-up.ts';
import type { GlibcGraph } from './glibc-graph.ts';
import { type DefinedVersion, definedVersions, neededVersions } from './glibc-versions.ts';
import { type Relocation, relocationsOf } from './relocations.ts';
import { DT, type SharedObject } from './shared-object.ts';
import {
  type DynamicSymbol,
  type HashedName,
  hashName,
  SHN_ABS,
  SHN_UNDEF,
  STB_LOCAL,
  STB_WEAK,
  STT_TLS,
  symbolAt,
  symbolsNamed,
} from './symbol-table.ts';

const DF_BIND_NOW = 8;
const DF_1_NOW = 1;
const VERSION_MASK = 0x7fff;
const HIDDEN = 0x8000;
/** NOTYPE, OBJECT, FUNC, COMMON, TLS and GNU_IFUNC (elf/dl-lookup.c, ALLOWED_STT). */
const USABLE_TYPES = [0, 1, 2, 5, 6, 10];
/** Bindings that are looked at: global, weak, unique. */
const USABLE_BINDINGS = [1, 2, 10];
/** STV_INTERNAL and STV_HIDDEN: such a symbol is the object's own. */
const OWN_VISIBILITIES = [1, 2];
const LOOKUPS_MAX = 100_000;
/** glibc 2.41 no longer asserts that a library has the versions that are needed of it; distributions may have taken that back to 2.39. */
const ASSERTS_UNTIL = 41;
const ASSERTS_CERTAINLY_UNTIL = 39;

interface VersionReference {
  readonly name: string;
  readonly hidden: boolean;
  /** The library it is needed of, or null for one that the object defines itself. */
  readonly file: string | null;
}

interface Wanted {
  readonly name: string;
  readonly hashed: HashedName;
  readonly version: VersionReference | null;
  readonly relocation: Relocation;
}

/** Versions by index, as l_versions holds them: what is needed and what is defined, without the base. */
type Versions = ReadonlyMap<number, VersionReference>;

/** The search for symbols through the global scope, with what was found out on the way. */
class Scope {
  readonly graph: GlibcGraph;
  readonly #versions = new Map<SharedObject, Versions>();
  readonly #found = new Map<string, boolean>();

  constructor(graph: GlibcGraph) {
    this.graph = graph;
  }

  *versionsOf(object: SharedObject): TreeProgram<Versions> {
    const known = this.#versions.get(object);
    if (known) return known;
    const { run } = this.graph.search;
    const versions = new Map<number, VersionReference>();
    for (const { index, ...rest } of yield* neededVersions(run, object)) versions.set(index, rest);
    const defined: readonly DefinedVersion[] = (yield* definedVersions(run, object)) ?? [];
    for (const { index, name, base } of defined) if (!base) versions.set(index, { name, hidden: false, file: null });
    this.#versions.set(object, versions);
    return versions;
  }

  /** check_match(): whether this symbol of that name will do; `later` for a version that does if it is the only one. */
  *match(object: SharedObject, symbol: DynamicSymbol, wanted: Wanted): TreeProgram<'yes' | 'no' | 'later'> {
    const { type, section, version } = symbol;
    if (!symbol.hasValue && section !== SHN_ABS && type !== STT_TLS) return 'no';
    const forCall = wanted.relocation.of === 'jump-slot' || wanted.relocation.of === 'tls';
    if (forCall && section === SHN_UNDEF) return 'no';
    if (!USABLE_TYPES.includes(type)) return 'no';
    if (version === null) return 'yes';
    const hidden = (version & HIDDEN) !== 0;
    const index = version & VERSION_MASK;
    if (wanted.version === null) return index < 3 ? 'yes' : hidden ? 'no' : 'later';
    const own = (yield* this.versionsOf(object)).get(index);
    if (own?.name === wanted.version.name) return 'yes';
    return wanted.version.hidden || own !== undefined || hidden ? 'no' : 'yes';
  }

  /** Whether a library that must have versions defines the symbol and has none: an assertion in check_match() fails. */
  *lacksVersions(by: SharedObject, wanted: Wanted): TreeProgram<SharedObject | null> {
    const { minor } = this.graph.search.kind;
    const file = (minor ?? 0) < ASSERTS_UNTIL ? wanted.version?.file : null;
    const of = file ? this.graph.objects.find((each) => each.names.has(file)) : undefined;
    if (!of || of.dynamic.values.has(DT.VERSYM)) return null;
    for (const object of [...this.graph.objects, by]) {
      if (object === of) return (yield* this.isDefinedIn(object, wanted)) ? of : null;
      if (yield* this.isDefinedIn(object, wanted)) return null;
    }
    return null;
  }

  *isDefinedIn(object: SharedObject, wanted: Wanted): TreeProgram<boolean> {
    let later = 0;
    for (const symbol of yield* symbolsNamed(this.graph.search.run, object, wanted.hashed)) {
      const match = yield* this.match(object, symbol, wanted);
      if (match === 'later') later += 1;
      if (match === 'yes' && USABLE_BINDINGS.includes(symbol.binding)) return true;
    }
    return later === 1;
  }

  *isDefined(by: SharedObject, wanted: Wanted): TreeProgram<boolean> {
    const { name, version, relocation } = wanted;
    const key = `${relocation.of} ${version?.hidden} ${version?.name ?? ''} ${name}`;
    const known = this.#found.get(key);
    if (known === true) return true;
    for (const object of [...this.graph.objects, by]) {
      if (relocation.of === 'copy' && object.isMain) continue;
      if (!(yield* this.isDefinedIn(object, wanted))) continue;
      this.#found.set(key, true);
      return true;
    }
    return false;
  }
}

function bindsNow(object: SharedObject): boolean {
  const { values } = object.dynamic;
  const has = (tag: number, bit: bigint) => ((values.get(tag) ?? 0n) & bit) !== 0n;
  return values.has(DT.BIND_NOW) || has(DT.FLAGS, BigInt(DF_BIND_NOW)) || has(DT.FLAGS_1, BigInt(DF_1_NOW));
}

function symbolFault(object: SharedObject, { name, version }: Wanted): Ending {
  const symbol = version ? `${name}, version ${version.name}` : name;
  const because = `${object.name} needs symbol ${symbol}, which none of the loaded libraries defines.`;
  return givesUp(object.name, 'symbol-version-missing', because);
}

function versionsFault(object: SharedObject, of: SharedObject, { name, version }: Wanted): Ending {
  const because = `${object.name} needs ${name}, version ${version?.name}, of ${of.name}, which defines ${name} but has no versions at all: the loader gives up.`;
  return givesUp(of.name, 'symbol-version-missing', because);
}

/** The first relocation of an object that wants a symbol which nothing defines, or nothing defines well. */
function* relocationFault(scope: Scope, object: SharedObject): TreeProgram<Ending | null> {
  const { run } = scope.graph.search;
  const relocations = yield* relocationsOf(run, object, bindsNow(object));
  if (relocations.length > LOOKUPS_MAX) run.doubt = true;
  const versions = yield* scope.versionsOf(object);
  const seen = new Set<string>();
  for (const relocation of relocations) {
    if (run.doubt) return null;
    const key = `${relocation.symbol} ${relocation.of}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const symbol = yield* symbolAt(run, object, relocation.symbol);
    if (!symbol) run.doubt = true;
    if (!symbol || symbol.binding === STB_LOCAL || OWN_VISIBILITIES.includes(symbol.visibility)) continue;
    const version = symbol.version === null ? null : (versions.get(symbol.version & VERSION_MASK) ?? null);
    const wanted = { name: symbol.name, hashed: hashName(symbol.name), version, relocation };
    const without = yield* scope.lacksVersions(object, wanted);
    if (without && (scope.graph.search.kind.minor ?? 0) >= ASSERTS_CERTAINLY_UNTIL) run.doubt = true;
    if (without) return versionsFault(object, without, wanted);
    if (symbol.binding === STB_WEAK) continue;
    if (!(yield* scope.isDefined(object, wanted)) && !run.doubt) return symbolFault(object, wanted);
  }
  return null;
}

/**
 * Whether every symbol that must be bound before the program starts is defined (elf/dl-reloc.c, elf/dl-lookup.c):
 * of data always, of functions where the object asks for immediate binding.
 */
export function* glibcSymbolFault(graph: GlibcGraph): TreeProgram<Ending | null> {
  const scope = new Scope(graph);
  for (const object of graph.objects.toReversed()) {
    if (object === graph.loader) continue;
    const fault = yield* relocationFault(scope, object);
    if (graph.search.run.doubt || fault) return fault;
  }
  return null;
}
