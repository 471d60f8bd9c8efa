import { decodeText, viewOf } from '../bytes.ts';
import { type ProgramHeader, PT_DYNAMIC, PT_LOAD } from '../elf.ts';
import type { Image } from '../elf-image.ts';
import type { OpenedFile } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import { bytesAt, expectTables, type LoaderRun } from './loader-run.ts';
import { inPages, tableExtents } from './table-extents.ts';

/** Tags of the dynamic section that loaders look at (gABI chapter 5, and the GNU extensions of elf.h). */
export const DT = {
  NULL: 0,
  NEEDED: 1,
  PLTRELSZ: 2,
  HASH: 4,
  STRTAB: 5,
  SYMTAB: 6,
  RELA: 7,
  RELASZ: 8,
  SONAME: 14,
  RPATH: 15,
  REL: 17,
  RELSZ: 18,
  PLTREL: 20,
  JMPREL: 23,
  BIND_NOW: 24,
  RUNPATH: 29,
  FLAGS: 30,
  GNU_HASH: 0x6ffffef5,
  VERSYM: 0x6ffffff0,
  RELACOUNT: 0x6ffffff9,
  RELCOUNT: 0x6ffffffa,
  FLAGS_1: 0x6ffffffb,
  VERDEF: 0x6ffffffc,
  VERNEED: 0x6ffffffe,
  AUXILIARY: 0x7ffffffd,
  FILTER: 0x7fffffff,
} as const;

/** The dynamic section in its order; of repeated tags `values` holds the last, as both loaders do. */
export interface DynamicSection {
  readonly entries: readonly { readonly tag: number; readonly value: bigint }[];
  readonly values: ReadonlyMap<number, bigint>;
}

/** One object in the process: the program, a library, or the loader itself. */
export interface SharedObject {
  /** The name it was opened by; the program's own name of the program. */
  readonly name: string;
  readonly file: OpenedFile;
  readonly image: Image;
  readonly dynamic: DynamicSection;
  /** What asked for it first; null of the program. */
  readonly neededBy: SharedObject | null;
  /** Every name it goes by when a library is looked for. */
  readonly names: Set<string>;
  readonly isMain: boolean;
}

const ENTRIES_MAX = 4096;
const STRING_MAX = 4096;
const NO_DYNAMIC: DynamicSection = { entries: [], values: new Map() };

/** Bytes as they lie in memory at a link-time address; cut at the end of the segment's part of the file. */
export function* memoryAt(
  run: LoaderRun,
  of: { readonly file: OpenedFile; readonly image: Image },
  address: bigint,
  length: number,
): TreeProgram<Uint8Array> {
  const within = of.image.segments.find(
    (segment) => segment.type === PT_LOAD && address >= segment.vaddr && address < segment.vaddr + segment.filesz,
  );
  if (!within) return new Uint8Array();
  const left = within.vaddr + within.filesz - address;
  const wanted = left < BigInt(length) ? Number(left) : length;
  return yield* bytesAt(run, of.file, Number(within.offset + address - within.vaddr), wanted);
}

function entriesOf(bytes: Uint8Array, run: LoaderRun): { tag: number; value: bigint }[] {
  const view = viewOf(bytes);
  const { bits, little } = run.layout;
  const size = bits === 64 ? 16 : 8;
  const entries: { tag: number; value: bigint }[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    const tag = bits === 64 ? view.getBigUint64(at, little) : BigInt(view.getUint32(at, little));
    const value = bits === 64 ? view.getBigUint64(at + 8, little) : BigInt(view.getUint32(at + 4, little));
    entries.push({ tag: Number(tag), value });
    if (tag === 0n) break;
  }
  return entries;
}

/** Reads the dynamic section up to DT_NULL; null without PT_DYNAMIC. One that does not end makes the run doubtful. */
export function* readDynamic(run: LoaderRun, file: OpenedFile, image: Image): TreeProgram<DynamicSection | null> {
  const segment = image.segments.findLast((each) => each.type === PT_DYNAMIC);
  if (!segment) return null;
  const size = run.layout.bits === 64 ? 16 : 8;
  const entries = yield* readEntries(run, { file, image }, segment, size);
  if (entries.at(-1)?.tag !== DT.NULL) {
    run.doubt = true;
    return NO_DYNAMIC;
  }
  entries.pop();
  const values = new Map(entries.map(({ tag, value }) => [tag, value]));
  expectTables(run, file, tableExtents(image.segments, values, file.size));
  return { entries, values };
}

/** Loaders go on to DT_NULL, which mostly lies within the segment's own size. */
function* readEntries(
  run: LoaderRun,
  of: Pick<SharedObject, 'file' | 'image'>,
  { vaddr, offset, filesz }: ProgramHeader,
  size: number,
): TreeProgram<ReturnType<typeof entriesOf>> {
  const stated = Math.min(Number(filesz), ENTRIES_MAX * size);
  expectTables(run, of.file, [inPages(Number(offset), Number(offset) + stated, of.file.size)]);
  const entries = entriesOf(yield* memoryAt(run, of, vaddr, stated), run);
  if (entries.at(-1)?.tag === DT.NULL) return entries;
  return entriesOf(yield* memoryAt(run, of, vaddr, ENTRIES_MAX * size), run);
}

/** A string of the object's string table by its offset; one that cannot be read makes the run doubtful. */
export function* stringAt(
  run: LoaderRun,
  of: Pick<SharedObject, 'file' | 'image' | 'dynamic'>,
  offset: bigint | number,
): TreeProgram<string> {
  const table = of.dynamic.values.get(DT.STRTAB);
  if (table !== undefined) {
    for (const length of [256, STRING_MAX]) {
      const bytes = yield* memoryAt(run, of, table + BigInt(offset), length);
      const end = bytes.indexOf(0);
      if (end >= 0) return decodeText(bytes.subarray(0, end));
    }
  }
  run.doubt = true;
  return '';
}

/** The string that a tag points at; null without the tag. */
export function* taggedString(
  run: LoaderRun,
  of: Pick<SharedObject, 'file' | 'image' | 'dynamic'>,
  tag: number,
): TreeProgram<string | null> {
  const offset = of.dynamic.values.get(tag);
  return offset === undefined ? null : yield* stringAt(run, of, offset);
}
