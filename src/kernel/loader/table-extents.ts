import { type ProgramHeader, PT_LOAD } from '../elf.ts';

/** A stretch of a file, from its first byte up to and without `to`. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** Tables that a loader looks into, by the tags of the dynamic section that tell their address and, of some, their size. */
const TABLES: readonly (readonly [address: number, size: number | null])[] = [
  [4, null], // DT_HASH
  [5, 10], // DT_STRTAB
  [6, null], // DT_SYMTAB
  [7, 8], // DT_RELA
  [17, 18], // DT_REL
  [23, 2], // DT_JMPREL
  [0x6ffffef5, null], // DT_GNU_HASH
  [0x6ffffff0, null], // DT_VERSYM
  [0x6ffffffc, null], // DT_VERDEF
  [0x6ffffffe, null], // DT_VERNEED
];

const PAGE = 4096;
/** Strings are read with some bytes after their end, since nobody knows where that is. */
const BEYOND = 256;
/** The names and symbols of a large C++ library take some hundred KiB. */
const LONGEST = 1024 * 1024;

/**
 * Where the tables of an ELF file lie that a loader looks into, in whole pages; mostly one stretch at its beginning. A
 * table of no stated size ends where the next one begins. Tables that lie in no segment are left out, and stretches of
 * more than 1 MiB. `dynamic` are the values of the dynamic section by their tags.
 */
export function tableExtents(
  segments: readonly ProgramHeader[],
  dynamic: ReadonlyMap<number, bigint>,
  fileSize: number,
): readonly Extent[] {
  const found = TABLES.flatMap(([tag, sizeTag]) => {
    const address = dynamic.get(tag);
    const from = address === undefined ? null : fileOffset(segments, address);
    return from === null ? [] : [{ from, size: Number((sizeTag !== null && dynamic.get(sizeTag)) || 0n) }];
  }).toSorted((a, b) => a.from - b.from);
  const extents: Extent[] = [];
  for (const [at, { from, size }] of found.entries()) {
    const end = size || Math.min((found[at + 1]?.from ?? from + PAGE) - from, LONGEST);
    const extent = inPages(from, from + end + BEYOND, fileSize);
    const last = extents.at(-1);
    if (last === undefined || extent.from > last.to) extents.push(extent);
    else extents[extents.length - 1] = { from: last.from, to: Math.max(last.to, extent.to) };
  }
  return extents.filter(({ from, to }) => to > from && to - from <= LONGEST);
}

/** A stretch in whole pages, as far as the file goes. */
export function inPages(from: number, to: number, fileSize: number): Extent {
  return { from: Math.floor(from / PAGE) * PAGE, to: Math.min(Math.ceil(to / PAGE) * PAGE, fileSize) };
}

function fileOffset(segments: readonly ProgramHeader[], address: bigint): number | null {
  const load = segments.find(
    ({ type, vaddr, filesz }) => type === PT_LOAD && address >= vaddr && address < vaddr + filesz,
  );
  return load ? Number(load.offset + address - load.vaddr) : null;
}
