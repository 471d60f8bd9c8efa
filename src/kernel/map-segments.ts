import { type ElfHeader, ET_EXEC, type ProgramHeader, PT_LOAD } from './elf.ts';
import type { FaultCode } from './outcome.ts';

/** What is certain to kill the process, inside execve(2) after the point of no return, or at its first instruction. */
export interface MapFault {
  readonly fault: FaultCode;
  /** Goes on from the file's name. */
  readonly because: string;
  /** 139 SIGSEGV, 135 SIGBUS. */
  readonly exit: number;
}

const DEFAULT_MMAP_MIN = 65_536n;
const EXECUTABLE = 1;

/** Looks at the PT_LOAD segments as elf_load in fs/binfmt_elf.c maps them; null when nothing is certain to fail. */
export function mapFault(
  header: ElfHeader,
  segments: readonly ProgramHeader[],
  size: number,
  {
    pageSize,
    mmapMinAddr,
    hasLoader,
    arch,
  }: { pageSize: number; mmapMinAddr: number | null; hasLoader: boolean; arch: string },
): MapFault | null {
  const page = BigInt(pageSize);
  const loads = segments.filter(({ type }) => type === PT_LOAD);
  const segfault = (fault: FaultCode, because: string): MapFault => ({ fault, because, exit: 139 });
  for (const { offset, vaddr, filesz, memsz } of loads) {
    if (offset % page !== vaddr % page)
      return segfault(
        'page-size',
        `has a segment that does not fit the page size of ${pageSize} bytes: it is killed while it is loaded.`,
      );
    if (filesz > memsz)
      return segfault(
        'truncated-binary',
        'has a segment that is larger in the file than in memory: it is killed while it is loaded.',
      );
    const lowest = mmapMinAddr === null ? DEFAULT_MMAP_MIN : BigInt(mmapMinAddr);
    if (header.type === ET_EXEC && vaddr - (vaddr % page) < lowest)
      return segfault('foreign-format', `wants to be loaded at ${vaddr}, below what the kernel allows.`);
  }
  if (header.type === ET_EXEC && overlap(loads, page))
    return segfault(
      'page-size',
      `has segments that share a page of ${pageSize} bytes: it is killed while it is loaded.`,
    );
  if (hasLoader) return null;
  if (loads.length === 0)
    return segfault('foreign-format', 'has nothing to be loaded: it is killed at its first instruction.');
  const home = loads.find(({ vaddr, memsz }) => header.entry >= vaddr && header.entry < vaddr + memsz);
  if (!home || (home.flags & EXECUTABLE) === 0)
    return segfault(
      'foreign-format',
      'has no code at its entry point (a shared library?): it is killed at its first instruction.',
    );
  const at = home.offset + (header.entry - home.vaddr);
  const lastPage = (BigInt(size) + page - 1n) / page;
  const cut = 'is cut off before its entry point: it is killed at its first instruction.';
  if (at / page >= lastPage) return { fault: 'truncated-binary', because: cut, exit: 135 };
  if (at >= BigInt(size)) return { fault: 'truncated-binary', because: cut, exit: zeroInstruction(arch) };
  return null;
}

/** What becomes of a process that executes zero bytes: x86 reads and writes through a zero register, others have no such instruction. */
function zeroInstruction(arch: string): number {
  return arch === 'amd64' || arch === '386' ? 139 : 132;
}

function overlap(loads: readonly ProgramHeader[], page: bigint): boolean {
  return loads.some((one, index) =>
    loads.slice(index + 1).some((other) => {
      const start = (segment: ProgramHeader) => segment.vaddr - (segment.vaddr % page);
      const end = (segment: ProgramHeader) =>
        segment.vaddr + segment.filesz + ((page - ((segment.vaddr + segment.filesz) % page)) % page);
      return start(one) < end(other) && start(other) < end(one);
    }),
  );
}
