import { decodeText, hasAt, untilNul, viewOf } from '../bytes.ts';
import type { ElfLayout } from '../elf.ts';

/** What the cache says of a library: a path or nothing, and whether that depends on the processor. */
export type Cached = { readonly path: string | null; readonly depends: boolean };

const OLD_MAGIC = 'ld.so-1.7.0';
const OLD_HEADER = 16;
const OLD_ENTRY = 12;
const NEW_MAGIC = 'glibc-ld.so.cache1.1';
const NEW_HEADER = 48;
const NEW_ENTRY = 24;
const EXTENSION_MAGIC = 0xeaa42174;
const HWCAPS_SECTION = 1;
/** A name may stand in the table for as many libraries; more are not looked at. */
const SAME_NAME_MAX = 1024;

/** FLAG_ELF_LIBC6 with the machine's own flag (sysdeps/unix/sysv/linux/…/dl-cache.h), by e_machine and width. */
const FLAGS: Readonly<Record<string, readonly number[]>> = {
  '62-64': [0x303],
  '183-64': [0xa03],
  '22-64': [0x403],
  '21-64': [0x503],
  '243-64': [0x1003],
  '258-64': [0x1203],
  '3-32': [1, 3],
  '40-32': [1, 3, 0x903, 0xb03],
};

interface Table {
  readonly bytes: Uint8Array;
  /** Where offsets of strings count from. */
  readonly strings: number;
  readonly stringsSize: number;
  readonly entries: number;
  readonly count: number;
  readonly entrySize: number;
  readonly little: boolean;
}

/** Where the table lies (elf/dl-cache.c, _dl_load_cache_lookup): the new format, alone or behind the old one, or the old. */
function findTable(bytes: Uint8Array, little: boolean): Table | null {
  const view = viewOf(bytes);
  const newAt = (at: number): Table | null => {
    if (bytes.length <= at + NEW_HEADER || !hasAt(bytes, at, NEW_MAGIC)) return null;
    const count = view.getUint32(at + NEW_MAGIC.length, little);
    if (at === 0 && Math.floor((bytes.length - NEW_HEADER) / NEW_ENTRY) < count) return null;
    const order = bytes[at + 28] ?? 0;
    if (order !== 0 && (order & 3) !== (little ? 2 : 3)) return null;
    const strings = at;
    return { bytes, strings, stringsSize: bytes.length, entries: at + NEW_HEADER, count, entrySize: NEW_ENTRY, little };
  };
  if (hasAt(bytes, 0, NEW_MAGIC)) return newAt(0);
  if (bytes.length <= OLD_HEADER || !hasAt(bytes, 0, OLD_MAGIC)) return null;
  const count = view.getUint32(12, little);
  if (Math.floor((bytes.length - OLD_HEADER) / OLD_ENTRY) < count) return null;
  const end = OLD_HEADER + count * OLD_ENTRY;
  const behind = Math.ceil(end / 8) * 8;
  if (bytes.length > behind + NEW_HEADER && hasAt(bytes, behind, NEW_MAGIC)) return newAt(behind);
  const stringsSize = bytes.length - end;
  return { bytes, strings: end, stringsSize, entries: OLD_HEADER, count, entrySize: OLD_ENTRY, little };
}

const isDigit = (code: number) => code >= 48 && code <= 57;

/** Compares names with their numbers taken as numbers (_dl_cache_libcmp). */
function compareNames(left: Uint8Array, right: Uint8Array): number {
  let l = 0;
  let r = 0;
  const number = (bytes: Uint8Array, at: number): [number, number] => {
    let value = 0;
    let next = at;
    for (; isDigit(bytes[next] ?? 0); next += 1) value = (value * 10 + (bytes[next] ?? 0) - 48) | 0;
    return [value, next];
  };
  while (l < left.length) {
    const a = left[l] ?? 0;
    const b = right[r] ?? 0;
    if (isDigit(a)) {
      if (!isDigit(b)) return 1;
      const [one, afterOne] = number(left, l);
      const [two, afterTwo] = number(right, r);
      if (one !== two) return one - two;
      l = afterOne;
      r = afterTwo;
    } else if (isDigit(b)) return -1;
    else if (a !== b) return a - b;
    else {
      l += 1;
      r += 1;
    }
  }
  return -(right[r] ?? 0);
}

function stringOf(table: Table, offset: number): Uint8Array | null {
  if (offset >= table.stringsSize) return null;
  return untilNul(table.bytes.subarray(table.strings + offset));
}

/** A field of an entry: 0 flags, 1 name, 2 path. Every entry lies within the file, since the count was checked. */
function fieldOf(table: Table, index: number, field: 0 | 1 | 2): number {
  const at = table.entries + index * table.entrySize + field * 4;
  return at + 4 <= table.bytes.length ? viewOf(table.bytes).getUint32(at, table.little) : 0xffffffff;
}

/** The first entry of that name, by the binary search of search_cache(); -1 without one. */
function firstOf(table: Table, name: Uint8Array): number {
  let left = 0;
  let right = table.count - 1;
  const compare = (index: number) => {
    const key = stringOf(table, fieldOf(table, index, 1));
    return key && compareNames(name, key);
  };
  while (left <= right) {
    let middle = Math.floor((left + right) / 2);
    const order = compare(middle);
    if (order === null) return -1;
    if (order === 0) {
      while (middle > 0 && compare(middle - 1) === 0) middle -= 1;
      return middle;
    }
    if (order < 0) left = middle + 1;
    else right = middle - 1;
  }
  return -1;
}

/** Subdirectories of glibc-hwcaps for s390x and ppc64le (sysdeps/…/dl-hwcaps-subdirs.c). */
export const OTHER_HWCAPS = ['z13', 'z14', 'z15', 'z16', 'z17', 'power9', 'power10'];

/** The subdirectories of glibc-hwcaps that the cache's entries speak of, by index. */
function hwcapNames(table: Table): string[] {
  const { bytes, little } = table;
  const view = viewOf(bytes);
  const u32 = (at: number) => (at >= 0 && at + 4 <= bytes.length ? view.getUint32(at, little) : 0);
  const at = table.strings + 32 <= bytes.length ? u32(table.strings + 32) : 0;
  if (at === 0 || u32(at) !== EXTENSION_MAGIC) return [];
  const sections = Math.min(u32(at + 4), 16);
  for (let i = 0; i < sections; i += 1) {
    const section = at + 8 + i * 16;
    if (u32(section) !== HWCAPS_SECTION) continue;
    const count = Math.min(u32(section + 12) / 4, 64);
    const names = Array.from({ length: count }, (_, n) => untilNul(bytes.subarray(u32(u32(section + 8) + n * 4))));
    return names.map(decodeText);
  }
  return [];
}

/** The level that an entry is for: 0 for everyone, infinite for nobody, null when it depends on what is not known. */
function levelOf(table: Table, index: number, names: readonly string[]): number | null {
  if (table.entrySize === OLD_ENTRY) return 0;
  const view = viewOf(table.bytes);
  const at = table.entries + index * table.entrySize + 16;
  const [low, high] = [view.getUint32(at, table.little), view.getUint32(at + 4, table.little)];
  const [first, second] = table.little ? [low, high] : [high, low];
  if (first === 0 && second === 0) return 0;
  if (second >>> 10 !== 0x40000000 >>> 10) return null;
  const name = names[first] ?? '';
  const level = /^x86-64-v([2-4])$/.exec(name)?.[1];
  if (level) return Number(level);
  return OTHER_HWCAPS.includes(name) ? null : Number.POSITIVE_INFINITY;
}

/**
 * Looks a library up in ld.so.cache as glibc does (elf/dl-cache.c): the old format, the new, and both in one file.
 * `depends` tells that there are entries for processors, and the host's is not known.
 */
export function lookUpCache(
  bytes: Uint8Array,
  name: Uint8Array,
  machine: number,
  layout: ElfLayout,
  cpuLevel: number | null,
): Cached {
  const flags = FLAGS[`${machine}-${layout.bits}`];
  const table = findTable(bytes, layout.little);
  const nothing = { path: null, depends: flags === undefined && table !== null };
  if (!table || !flags) return nothing;
  const first = firstOf(table, name);
  if (first < 0) return nothing;
  const names = hwcapNames(table);
  let best: { level: number; path: string } | null = null;
  let depends = false;
  for (let index = first; index < Math.min(table.count, first + SAME_NAME_MAX); index += 1) {
    const key = stringOf(table, fieldOf(table, index, 1));
    if (!key || compareNames(name, key) !== 0) break;
    const path = stringOf(table, fieldOf(table, index, 2));
    if (!path || !flags.includes(fieldOf(table, index, 0))) continue;
    const level = levelOf(table, index, names);
    if (level === null || (level > 0 && cpuLevel === null)) depends = true;
    else if (level <= (cpuLevel ?? 0) && (!best || level > best.level)) best = { level, path: decodeText(path) };
  }
  return { path: best?.path ?? null, depends };
}
