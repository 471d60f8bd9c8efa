import type { Ending } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import { givesUp } from './gives-up.ts';
import type { GlibcGraph } from './glibc-graph.ts';
import { type DefinedVersion, definedVersions, neededVersions } from './glibc-versions.ts';
import { type Relocation, relocationsOf } from './relocations.ts';
import { DT, type SharedObject } from './shared-object.ts';
import {
  type DynamicSymbol,
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

interface Wanted {
  readonly name: string;
  readonly version: { readonly name: string; readonly hidden: boolean } | null;
  readonly relocation: Relocation;
}

/** Versions by index, as l_versions holds them: what is needed and what is defined, without the base. */
type Versions = ReadonlyMap<number, { readonly name: string; readonly hidden: boolean }>;

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
    const versions = new Map<number, { name: string; hidden: boolean }>();
    for (const { index, name, hidden } of yield* neededVersions(run, object)) versions.set(index, { name, hidden });
    const defined: readonly DefinedVersion[] = (yield* definedVersions(run, object)) ?? [];
    for (const { index, name, base } of defined) if (!base) versions.set(index, { name, hidden: false });
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

  *isDefinedIn(object: SharedObject, wanted: Wanted): TreeProgram<boolean> {
    let later = 0;
    for (const symbol of yield* symbolsNamed(this.graph.search.run, object, hashName(wanted.name))) {
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

/** The first symbol that an object's relocations want and nothing defines. */
function* undefinedSymbol(scope: Scope, object: SharedObject): TreeProgram<Wanted | null> {
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
    const wanted = { name: symbol.name, version, relocation };
    if (symbol.binding === STB_WEAK) continue;
    if (!(yield* scope.isDefined(object, wanted)) && !run.doubt) return wanted;
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
    const wanted = yield* undefinedSymbol(scope, object);
    if (graph.search.run.doubt) return null;
    if (!wanted) continue;
    const symbol = wanted.version ? `${wanted.name}, version ${wanted.version.name}` : wanted.name;
    const because = `${object.name} needs symbol ${symbol}, which none of the loaded libraries defines.`;
    return givesUp(object.name, 'symbol-version-missing', because);
  }
  return null;
}
