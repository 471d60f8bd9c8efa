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

/** A stretch of a file, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** What the kernel and the loader look at in an ELF file, as far as its first bytes tell. */
export interface ElfPlan {
  readonly ranges: readonly ByteRange[];
  readonly dynamic: ByteRange | null;
  /** What the loader looks at further, as the content of PT_DYNAMIC tells. */
  tables(dynamic: Uint8Array): readonly ByteRange[];
}

const SHORT_SEGMENT = 4096;
const LONGEST_DYNAMIC = 64 * 1024;
/** Bytes at the entry point that tell whether there is an instruction. */
const INSTRUCTION = 16;
/** The names of a large C++ library are some hundred KiB; what is longer is read when it is asked for. */
const LONGEST_NAMES = 512 * 1024;
const LONGEST_VERSIONS = 64 * 1024;

/** Dynamic tags (System V gABI, chapter 5, and the GNU extensions). */
const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_VERDEF = 0x6ffffffc;
const DT_VERNEED = 0x6ffffffe;

/** Reads the head of an ELF file; null when it is no program or library, or when its headers make no sense. */
export function planElf(head: Uint8Array): ElfPlan | null {
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
    dynamic: dynamic ? rangeOf(LONGEST_DYNAMIC)(dynamic) : null,
    tables: (bytes) => {
      const tags = readDynamic(bytes, layout);
      const at = (tag: number, length: number) => {
        const address = tags.get(tag);
        return address === undefined ? [] : inMemory(address, length);
      };
      return [
        ...at(DT_STRTAB, Math.min(Number(tags.get(DT_STRSZ) ?? 0n), LONGEST_NAMES)),
        ...at(DT_VERDEF, LONGEST_VERSIONS),
        ...at(DT_VERNEED, LONGEST_VERSIONS),
      ];
    },
  };
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

/** The first value of each tag, up to DT_NULL. */
function readDynamic(bytes: Uint8Array, { bits, little }: ElfLayout): ReadonlyMap<number, bigint> {
  const view = viewOf(bytes);
  const wide = bits === 64;
  const size = wide ? 16 : 8;
  const tags = new Map<number, bigint>();
  for (let at = 0; at + size <= bytes.length; at += size) {
    const tag = wide ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
    if (tag === 0) break;
    if (!tags.has(tag)) {
      tags.set(tag, wide ? view.getBigUint64(at + 8, little) : BigInt(view.getUint32(at + 4, little)));
    }
  }
  return tags;
}
