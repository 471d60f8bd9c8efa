import { viewOf } from '../bytes.ts';
import type { TreeProgram } from '../file-tree.ts';
import type { LoaderRun } from './loader-run.ts';
import { DT, memoryAt, type SharedObject, stringAt } from './shared-object.ts';

/** An entry of .dynsym (gABI chapter 4), with its entry of .gnu.version; null where the object has no versions. */
export interface DynamicSymbol {
  readonly name: string;
  readonly type: number;
  readonly binding: number;
  readonly visibility: number;
  readonly section: number;
  readonly hasValue: boolean;
  readonly version: number | null;
}

export const SHN_UNDEF = 0;
export const SHN_ABS = 0xfff1;
export const STB_LOCAL = 0;
export const STB_WEAK = 2;
export const STT_TLS = 6;

/** Longest chain of a hash table that is followed. */
const CHAIN_MAX = 4096;

/** One symbol by its index; null when it does not lie in the file. */
export function* symbolAt(run: LoaderRun, object: SharedObject, index: number): TreeProgram<DynamicSymbol | null> {
  const table = object.dynamic.values.get(DT.SYMTAB);
  const wide = run.layout.bits === 64;
  const { little } = run.layout;
  const size = wide ? 24 : 16;
  if (table === undefined) return null;
  const bytes = yield* memoryAt(run, object, table + BigInt(index * size), size);
  if (bytes.length < size) return null;
  const view = viewOf(bytes);
  const info = view.getUint8(wide ? 4 : 12);
  const versions = object.dynamic.values.get(DT.VERSYM);
  const version = versions === undefined ? null : yield* memoryAt(run, object, versions + BigInt(index * 2), 2);
  return {
    name: yield* stringAt(run, object, view.getUint32(0, little)),
    type: info & 15,
    binding: info >> 4,
    visibility: view.getUint8(wide ? 5 : 13) & 3,
    section: view.getUint16(wide ? 6 : 14, little),
    hasValue: wide ? view.getBigUint64(8, little) !== 0n : view.getUint32(4, little) !== 0,
    version: version && version.length === 2 ? viewOf(version).getUint16(0, little) : null,
  };
}

/** A name with its two hashes. */
export interface HashedName {
  readonly name: string;
  readonly gnu: number;
  readonly sysv: number;
}

/** The hashes of a symbol's name: GNU's (djb2) and System V's (gABI chapter 5). */
export function hashName(name: string): HashedName {
  let gnu = 5381;
  let sysv = 0;
  for (const byte of new TextEncoder().encode(name)) {
    gnu = (Math.imul(gnu, 33) + byte) >>> 0;
    sysv = ((sysv << 4) + byte) >>> 0;
    sysv ^= (sysv >>> 24) & 0xf0;
    sysv &= 0x0fffffff;
  }
  return { name, gnu, sysv };
}

function* u32At(run: LoaderRun, object: SharedObject, address: bigint): TreeProgram<number | null> {
  const bytes = yield* memoryAt(run, object, address, 4);
  return bytes.length < 4 ? null : viewOf(bytes).getUint32(0, run.layout.little);
}

function* inBloom(
  run: LoaderRun,
  object: SharedObject,
  filter: bigint,
  words: number,
  shift: number,
  hash: number,
): TreeProgram<boolean> {
  const { bits, little } = run.layout;
  const word = Math.floor(hash / bits) & (words - 1);
  const bytes = yield* memoryAt(run, object, filter + BigInt((word >>> 0) * (bits / 8)), bits / 8);
  if (bytes.length < bits / 8) return false;
  const view = viewOf(bytes);
  const value = bits === 64 ? view.getBigUint64(0, little) : BigInt(view.getUint32(0, little));
  const has = (bit: number) => ((value >> BigInt(bit % bits)) & 1n) === 1n;
  return has(hash) && has(hash >>> (shift & 31));
}

function* gnuChain(run: LoaderRun, object: SharedObject, table: bigint, name: HashedName): TreeProgram<number[]> {
  const header = yield* memoryAt(run, object, table, 16);
  if (header.length < 16) return [];
  const view = viewOf(header);
  const [buckets = 0, first = 0, words = 0, shift = 0] = [0, 4, 8, 12].map((at) =>
    view.getUint32(at, run.layout.little),
  );
  const filter = table + 16n;
  if (buckets === 0 || !(yield* inBloom(run, object, filter, words, shift, name.gnu))) return [];
  const bucketsAt = filter + BigInt(words * (run.layout.bits / 8));
  const start = yield* u32At(run, object, bucketsAt + BigInt((name.gnu % buckets) * 4));
  const found: number[] = [];
  if (!start || start < first) return found;
  const hashes = bucketsAt + BigInt(buckets * 4);
  for (let index = start; index < start + CHAIN_MAX; index += 1) {
    const hash = yield* u32At(run, object, hashes + BigInt((index - first) * 4));
    if (hash === null) break;
    if ((hash | 1) >>> 0 === (name.gnu | 1) >>> 0) found.push(index);
    if ((hash & 1) === 1) break;
  }
  return found;
}

function* sysvChain(run: LoaderRun, object: SharedObject, table: bigint, name: HashedName): TreeProgram<number[]> {
  const buckets = yield* u32At(run, object, table);
  const found: number[] = [];
  if (!buckets) return found;
  let index = yield* u32At(run, object, table + BigInt(8 + (name.sysv % buckets) * 4));
  while (index && found.length < CHAIN_MAX) {
    found.push(index);
    index = yield* u32At(run, object, table + BigInt(8 + (buckets + index) * 4));
  }
  return found;
}

/** EM_S390 and EM_ALPHA have 64-bit entries in DT_HASH, which is not read. */
const WIDE_HASH = [22, 36902];

/** The object's symbols of that name, by its hash table: DT_GNU_HASH if there is one, else DT_HASH. */
export function* symbolsNamed(run: LoaderRun, object: SharedObject, name: HashedName): TreeProgram<DynamicSymbol[]> {
  const gnu = object.dynamic.values.get(DT.GNU_HASH);
  const sysv = object.dynamic.values.get(DT.HASH);
  if (gnu === undefined && sysv === undefined) return [];
  const wide = run.layout.bits === 64 && WIDE_HASH.includes(object.image.header.machine);
  if (gnu === undefined && wide) run.doubt = true;
  const indexes =
    gnu !== undefined ? yield* gnuChain(run, object, gnu, name) : yield* sysvChain(run, object, sysv ?? 0n, name);
  const symbols: DynamicSymbol[] = [];
  for (const index of indexes) {
    const symbol = yield* symbolAt(run, object, index);
    if (symbol?.name === name.name) symbols.push(symbol);
  }
  return symbols;
}
