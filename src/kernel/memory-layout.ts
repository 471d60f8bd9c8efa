import type { ElfHandler } from './machines.ts';
import type { SettledHost } from './settle-host.ts';

/** How a program's addresses are laid out: what of the kernel and the architecture decides about mappings. Bytes. */
export interface MemoryLayout {
  readonly page: bigint;
  /** vm.mmap_min_addr: nothing fixed may lie below. */
  readonly minAddr: bigint;
  /** The first address that a program cannot use (TASK_SIZE). */
  readonly taskSize: bigint;
  /** Below this the kernel places what may lie anywhere, and the stack (DEFAULT_MAP_WINDOW, STACK_TOP). */
  readonly window: bigint;
  /** The end of what may lie anywhere when there is no room below the window. */
  readonly searchEnd: bigint;
  /** What the addresses of mapped files are multiples of, where the kernel chooses them. */
  readonly fileAlign: bigint;
  /** Where position-independent programs with a loader are placed, at the lowest (ELF_ET_DYN_BASE). */
  readonly dynBase: bigint;
  /** How far below the window the stack may begin at random. */
  readonly stackRandom: bigint;
  /** A page that the kernel maps last, and that must be free; null where there is none. */
  readonly vectors: bigint | null;
  /** Size of the kernel's unsigned long in bits. */
  readonly word: 32 | 64;
  /** Size of the program's addresses in bits. */
  readonly bits: 32 | 64;
}

const MIB = 1n << 20n;
const GIB = 1n << 30n;

interface Range {
  readonly taskSize: bigint;
  readonly window: bigint;
  readonly dynBase?: bigint;
  readonly searchEnd?: bigint;
  readonly fileAlign?: bigint;
  readonly vectors?: bigint;
  readonly stackRandom: bigint;
}

/** By the host's GOARCH (arch/…/include/asm/processor.h, elf.h); `bits` are the host's address bits. */
const WIDE: Readonly<Record<string, (bits: bigint, page: bigint) => Range>> = {
  // The last page is the kernel's. Five-level tables are used only by those who ask for high addresses.
  amd64: (bits, page) => ({
    taskSize: (1n << bits) - page,
    window: (1n << 47n) - page,
    stackRandom: 16n * GIB,
  }),
  arm64: (bits, page) => ({
    taskSize: 1n << bits,
    window: 1n << min(bits, page === 16384n ? 47n : 48n),
    stackRandom: GIB,
  }),
  riscv64: (bits) => ({
    taskSize: 1n << bits,
    window: 1n << min(bits, 47n),
    searchEnd: 1n << bits,
    stackRandom: GIB,
  }),
  // Tables grow as needed, so that only the last page is the kernel's; what lies anywhere is placed below 4 TiB.
  s390x: (_, page) => ({
    taskSize: (1n << 64n) - page,
    window: 1n << 42n,
    searchEnd: (1n << 64n) - page,
    fileAlign: MIB / 2n,
    dynBase: down(((1n << 42n) / 3n) * 2n, 1n << 32n),
    stackRandom: GIB,
  }),
  // 4 PiB, with pages of 4 KiB 64 TiB, whatever the processor (TASK_SIZE_USER64).
  ppc64le: (_, page) => {
    const bits = page === 65536n ? 52n : 46n;
    return { taskSize: 1n << bits, window: 1n << min(bits, 47n), dynBase: 1n << 32n, stackRandom: 16n * GIB };
  },
};

/** Where 32-bit programs end, and position-independent ones begin, by the host's GOARCH. */
const NARROW_DYN_BASE: Readonly<Record<string, bigint>> = { amd64: 0x400000n, '386': 0x400000n, arm: 0x400000n };

const min = (a: bigint, b: bigint) => (a < b ? a : b);
const down = (value: bigint, to: bigint) => value - (value % to);

/** Of 32-bit programs on arm64: the last page is the kernel's, except where pages of 64 KiB leave it to the vectors. */
function armRange(page: bigint): Range {
  const taskSize = (1n << 32n) - (page === 65536n ? 0n : page);
  const vectors = 0xffff0000n;
  return { taskSize, window: vectors, dynBase: (taskSize / 3n) * 2n, stackRandom: 8n * MIB, vectors };
}

function rangeOf(host: SettledHost, handler: ElfHandler, page: bigint): Range {
  if (host.arch === 'arm64' && handler.compat) return armRange(page);
  if (handler.taskSize !== null) {
    const dynBase = NARROW_DYN_BASE[host.arch];
    return {
      taskSize: handler.taskSize,
      window: handler.taskSize,
      stackRandom: 8n * MIB,
      ...(dynBase ? { dynBase } : {}),
    };
  }
  const bits = BigInt(host.vaBits);
  const known = WIDE[host.arch];
  return known ? known(bits, page) : { taskSize: 1n << bits, window: 1n << bits, stackRandom: GIB };
}

/** 32-bit ARM keeps its first two pages for itself whatever vm.mmap_min_addr says (FIRST_USER_ADDRESS). */
function lowestOf({ arch, mmapMinAddr }: SettledHost, page: bigint): bigint {
  return arch === 'arm' && mmapMinAddr < 2n * page ? 2n * page : mmapMinAddr;
}

/** The layout of programs that this loader of the host starts, with pages of the given size. */
export function memoryLayout(host: SettledHost, handler: ElfHandler, page: bigint): MemoryLayout {
  const range = rangeOf(host, handler, page);
  const dynBase = range.dynBase ?? (range.window / 3n) * 2n;
  const word = host.handlers[0]?.bits ?? 64;
  const searchEnd = range.searchEnd ?? range.window;
  const fileAlign = range.fileAlign ?? page;
  return {
    ...range,
    dynBase,
    searchEnd,
    fileAlign,
    vectors: range.vectors ?? null,
    word,
    bits: handler.bits,
    page,
    minAddr: lowestOf(host, page),
  };
}
