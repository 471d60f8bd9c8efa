import { type ElfHeader, ET_DYN, ET_EXEC, PF_R, PF_W, PF_X, type ProgramHeader, PT_LOAD } from './elf.ts';

/** One ELF file with its headers read, and what of the host decides how it is mapped. */
export interface Image {
  readonly header: ElfHeader;
  readonly segments: readonly ProgramHeader[];
  readonly fileSize: bigint;
}

/** What of the kernel decides about mappings. */
export interface MappingRules {
  readonly page: bigint;
  readonly minAddr: bigint;
  readonly taskSize: bigint;
  /** Whether the kernel is 6.7 or later, which zero-fills per segment (elf_load in fs/binfmt_elf.c). */
  readonly fillsEachSegment: boolean;
}

/** More memory than any host is assumed to have; below this a size may be refused or not, and counts as fine. */
const SURELY_TOO_MUCH = 1n << 38n;
const MAX_OFFSET = 1n << 63n;

export const loadsOf = (image: Image) => image.segments.filter((segment) => segment.type === PT_LOAD);
const floor = (value: bigint, page: bigint) => value - (value % page);
const ceil = (value: bigint, page: bigint) => floor(value + page - 1n, page);

/** Why the memory sizes of a segment cannot be mapped, or null. `at` is where it would lie, bias left out. */
function sizeFault(segment: ProgramHeader, rules: MappingRules): string | null {
  if (segment.filesz > segment.memsz) return 'a segment is larger in the file than in memory';
  if (segment.vaddr >= rules.taskSize || segment.memsz > rules.taskSize - segment.vaddr) {
    return 'a segment lies beyond the address space';
  }
  if (segment.memsz - segment.filesz >= SURELY_TOO_MUCH) return 'a segment wants more memory than there is';
  return null;
}

function fileFault(segment: ProgramHeader, rules: MappingRules): string | null {
  const { page } = rules;
  const length = ceil(segment.filesz + (segment.vaddr % page), page);
  // A segment that takes nothing of the file is not mapped from it, whatever its offset.
  if (segment.filesz === 0n || length === 0n) return null;
  if (segment.offset % page !== segment.vaddr % page) {
    return `a segment's offset and address differ modulo the page size of ${page} bytes`;
  }
  if (floor(segment.offset, page) + length > MAX_OFFSET) return 'a segment lies past the end of any file';
  return null;
}

/** A writable segment whose bss begins in a page that the file does not reach: zero-filling it faults. */
function bssFault(segment: ProgramHeader, image: Image, rules: MappingRules): string | null {
  if (!rules.fillsEachSegment || (segment.flags & PF_W) === 0) return null;
  if (segment.filesz === 0n || segment.memsz <= segment.filesz) return null;
  const end = segment.offset + segment.filesz;
  if (end % rules.page === 0n || floor(end, rules.page) < image.fileSize) return null;
  return 'the file ends before its data segment does';
}

/** Where a fixed segment may not lie. */
function addressFault(segment: ProgramHeader, rules: MappingRules): string | null {
  if (segment.memsz === 0n && segment.filesz === 0n) return null;
  if (floor(segment.vaddr, rules.page) >= rules.minAddr) return null;
  return `a segment lies below vm.mmap_min_addr (${rules.minAddr})`;
}

function positionFault(image: Image, rules: MappingRules): string | null {
  const loads = loadsOf(image);
  const first = loads[0];
  if (!first) return null;
  if (image.header.type === ET_EXEC) return loads.map((load) => addressFault(load, rules)).find(Boolean) ?? null;
  const low = loads.reduce((min, load) => (load.vaddr < min ? load.vaddr : min), first.vaddr);
  const high = loads.reduce((max, load) => (load.vaddr + load.memsz > max ? load.vaddr + load.memsz : max), 0n);
  const total = high - floor(low, rules.page);
  if (total === 0n) return 'its segments are empty';
  if (ceil(total, rules.page) > rules.taskSize - rules.minAddr) return 'its segments span more than the address space';
  return null;
}

/** A position-independent program is moved down to its alignment, and so to address 0 by one as large as the address space. */
function alignmentFault(image: Image, rules: MappingRules): string | null {
  if (image.header.type !== ET_DYN) return null;
  const isPower = (value: bigint) => value > 0n && (value & (value - 1n)) === 0n;
  const unusable = loadsOf(image).some((load) => isPower(load.align) && load.align >= rules.taskSize);
  return unusable ? 'a segment wants an alignment as large as the address space' : null;
}

/** Why the kernel cannot map the program that is executed (after the point of no return, so SIGSEGV), or null. */
export function mainMappingFault(image: Image, rules: MappingRules): string | null {
  for (const load of loadsOf(image)) {
    const fault = fileFault(load, rules) ?? sizeFault(load, rules) ?? bssFault(load, image, rules);
    if (fault) return fault;
  }
  return positionFault(image, rules) ?? (loadsOf(image).length > 0 ? alignmentFault(image, rules) : null);
}

/** How far below the top of the address space the stack may begin at random, and how much it takes at least. */
const STACK_RANDOM = 1n << 35n;
const STACK_MIN = 0x20000n;

/** A fixed loader is first mapped over its whole span, and the rest unmapped again: the stack with it. */
function stackFault(image: Image, rules: MappingRules): string | null {
  if (image.header.type !== ET_EXEC) return null;
  const loads = loadsOf(image);
  const below = loads.some((load) => load.vaddr < rules.taskSize - STACK_RANDOM);
  const above = loads.some((load) => load.vaddr + load.memsz > rules.taskSize - STACK_MIN);
  return below && above ? 'its segments span the stack' : null;
}

/** The same of a loader, which must besides have a right type and at least one segment. */
export function loaderMappingFault(image: Image, rules: MappingRules): string | null {
  const { type, entry } = image.header;
  if (type !== ET_EXEC && type !== ET_DYN) return 'it is neither an executable nor a shared object';
  const loads = loadsOf(image);
  if (loads.length === 0) return 'it has no loadable segment';
  for (const load of loads) {
    const fault = fileFault(load, rules) ?? sizeFault(load, rules) ?? bssFault(load, image, rules);
    if (fault) return fault;
  }
  if (!rules.fillsEachSegment && lastPageIsReadOnly(loads, rules)) {
    return 'kernels before 6.7 zero-fill its last page, which is not writable';
  }
  if (entry >= rules.taskSize) return 'its entry point lies beyond the address space';
  return positionFault(image, rules) ?? stackFault(image, rules);
}

function lastPageIsReadOnly(loads: readonly ProgramHeader[], rules: MappingRules): boolean {
  const endOf = (load: ProgramHeader) => load.vaddr + load.filesz;
  const last = loads.reduce((max, load) => (endOf(load) >= endOf(max) ? load : max));
  return (last.flags & PF_W) === 0 && endOf(last) % rules.page !== 0n;
}

/** What the first instruction is: bytes in the file from an offset, zeros, or nothing that can be executed. */
export type FirstInstruction =
  | { readonly kind: 'file'; readonly offset: bigint }
  | { readonly kind: 'unmapped' | 'not-executable' | 'zeros' | 'past-end' };

/** How the processor's page fault is judged. */
export interface AccessRules {
  /** 32-bit programs without PT_GNU_STACK may execute what they may read. */
  readonly readIsExecute: boolean;
  /** x86 brings the page in before it looks at the x permission, so that a page past the end is SIGBUS first. */
  readonly pageInFirst: boolean;
}

/** What stands at the entry point once everything is mapped; a later segment replaces the pages of an earlier one. */
export function firstInstruction(image: Image, rules: MappingRules, access: AccessRules): FirstInstruction {
  const { entry } = image.header;
  const { page } = rules;
  const covers = (load: ProgramHeader) =>
    load.memsz > 0n && entry >= floor(load.vaddr, page) && entry < ceil(load.vaddr + load.memsz, page);
  const load = loadsOf(image).findLast(covers);
  if (!load) return { kind: 'unmapped' };
  const executable = (load.flags & PF_X) !== 0 || (access.readIsExecute && (load.flags & PF_R) !== 0);
  const accessible = (load.flags & (PF_R | PF_W | PF_X)) !== 0;
  if (!executable && !(access.pageInFirst && accessible)) return { kind: 'not-executable' };
  const fileEnd = load.vaddr + load.filesz;
  const fromFile = load.filesz > 0n && entry < ceil(fileEnd, page);
  const offset = load.offset + entry - load.vaddr;
  if (fromFile && floor(offset, page) >= image.fileSize) return { kind: 'past-end' };
  if (!executable) return { kind: 'not-executable' };
  const filled = entry >= fileEnd && load.memsz > load.filesz && (load.flags & PF_W) !== 0;
  return !fromFile || filled || offset >= image.fileSize ? { kind: 'zeros' } : { kind: 'file', offset };
}

/**
 * Whether what is mapped at a fixed loader's entry point, outside of its own segments, is the main program's: the span of
 * the loader's segments is mapped as one and the gaps unmapped again, so there nothing of the main program is left.
 */
export function entersMain(loader: Image, main: Image, rules: MappingRules): boolean {
  if (loader.header.type !== ET_EXEC || main.header.type !== ET_EXEC) return false;
  const { entry } = loader.header;
  const loads = loadsOf(loader);
  const start = floor(loads[0]?.vaddr ?? 0n, rules.page);
  const end = loads.reduce((max, load) => (load.vaddr + load.memsz > max ? load.vaddr + load.memsz : max), start);
  return entry < start || entry >= ceil(end, rules.page);
}
