import { viewOf } from '../../../../src/kernel/bytes.ts';
import {
  claimedLayout,
  type ElfLayout,
  ET_DYN,
  ET_EXEC,
  headerSize,
  type ProgramHeader,
  PT_DYNAMIC,
  PT_GNU_PROPERTY,
  PT_INTERP,
  PT_LOAD,
  parseHeader,
  parseProgramHeaders,
  programHeaderSize,
} from '../../../../src/kernel/elf.ts';
import { inPages, tableExtents } from '../../../../src/kernel/loader/table-extents.ts';

/** A stretch of a file, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** What the kernel and the loader look at in an ELF file, as far as its first bytes tell. */
export interface ElfPlan {
  readonly ranges: readonly ByteRange[];
  /** The dynamic section in whole pages. */
  readonly dynamic: ByteRange | null;
  /** What the loader looks at further, as the bytes of the range `dynamic` tell. */
  tables(dynamic: Uint8Array): readonly ByteRange[];
}

const SHORT_SEGMENT = 4096;
const LONGEST_DYNAMIC = 64 * 1024;
/** Bytes at the entry point that tell whether there is an instruction. */
const INSTRUCTION = 16;
/** Reads the head of an ELF file of this size in bytes; null when it is no program or library, or when its headers make no sense. */
export function planElf(head: Uint8Array, fileSize: number): ElfPlan | null {
  const layout = claimedLayout(head);
  if (head.length < headerSize(layout)) return null;
  const header = parseHeader(head, layout);
  const each = programHeaderSize(layout);
  const start = Number(header.phoff);
  if ((header.type !== ET_EXEC && header.type !== ET_DYN) || header.phentsize !== each) return null;
  const segments = parseProgramHeaders(head.subarray(start, start + each * header.phnum), layout);
  const loads = segments.filter(({ type }) => type === PT_LOAD);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const inMemory = (address: bigint, length: number): ByteRange[] => {
    const offset = fileOffset(loads, address);
    return offset === null ? [] : [{ offset, length }];
  };
  return {
    ranges: [
      ...segments.filter(({ type }) => type === PT_INTERP || type === PT_GNU_PROPERTY).map(rangeOf(SHORT_SEGMENT)),
      ...inMemory(header.entry, INSTRUCTION),
    ],
    dynamic: dynamic ? pagesOf(rangeOf(LONGEST_DYNAMIC)(dynamic), fileSize) : null,
    tables: (pages) => {
      const start = dynamic === undefined ? 0 : Number(dynamic.offset) % PAGE;
      return tableExtents(segments, readDynamic(pages.subarray(start), layout), fileSize).map(({ from, to }) => ({
        offset: from,
        length: to - from,
      }));
    },
  };
}

const PAGE = 4096;

/** The loader’s model asks for whole pages. */
function pagesOf({ offset, length }: ByteRange, fileSize: number): ByteRange {
  const { from, to } = inPages(offset, offset + length, fileSize);
  return { offset: from, length: to - from };
}

const rangeOf =
  (most: number) =>
  ({ offset, filesz }: ProgramHeader): ByteRange => ({
    offset: Number(offset),
    length: Math.min(Number(filesz), most),
  });

function fileOffset(loads: readonly ProgramHeader[], address: bigint): number | null {
  const load = loads.find(({ vaddr, filesz }) => address >= vaddr && address < vaddr + filesz);
  return load ? Number(load.offset + address - load.vaddr) : null;
}

/** The last value of each tag, as it counts for loaders, up to DT_NULL. */
function readDynamic(bytes: Uint8Array, { bits, little }: ElfLayout): ReadonlyMap<number, bigint> {
  const view = viewOf(bytes);
  const wide = bits === 64;
  const size = wide ? 16 : 8;
  const tags = new Map<number, bigint>();
  for (let at = 0; at + size <= bytes.length; at += size) {
    const tag = wide ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
    if (tag === 0) break;
    tags.set(tag, wide ? view.getBigUint64(at + 8, little) : BigInt(view.getUint32(at + 4, little)));
  }
  return tags;
}
