import { AddressSpace, down, type Placed, type Placement, up } from './address-space.ts';
import { ET_DYN, ET_EXEC, PF_R, PF_W, PF_X, type ProgramHeader } from './elf.ts';
import { type Image, loadsOf } from './elf-image.ts';
import { mapFilePart, mapSegment } from './map-segment.ts';
import type { MemoryLayout } from './memory-layout.ts';

/** What of the kernel's version decides about mappings. */
export interface MappingRules {
  readonly layout: MemoryLayout;
  /**
   * 6.7 and later zero-fill each segment of a loader as it is mapped (elf_load) and mind when that fails. Before, only
   * those of the program itself, whatever comes of it, and a loader's last page in any case.
   */
  readonly reportsFilling: boolean;
}

/** A program in memory, about to run, or why it is killed before; `of` is whose fault it is. */
export type Mapped =
  | { readonly space: AddressSpace; readonly entry: bigint }
  | { readonly fault: string; readonly of: 'main' | 'loader' };

/** How far the loaded file was moved, modulo 2^64. */
type Moved = { readonly bias: bigint } | { readonly fault: string };

const BEYOND = 'a segment lies beyond the address space';

/** From the first page of the lowest segment to the end of the highest (total_mapping_size). */
function totalSize(loads: readonly ProgramHeader[], { page, bits }: MemoryLayout): bigint {
  const wrap = (value: bigint) => BigInt.asUintN(bits, value);
  const [first] = loads;
  if (!first) return 0n;
  const low = loads.reduce((least, load) => (load.vaddr < least ? load.vaddr : least), first.vaddr);
  const ends = loads.map((load) => wrap(load.vaddr + load.memsz));
  const high = ends.reduce((most, end) => (end > most ? end : most));
  return wrap(high - down(low, page));
}

/** The largest p_align that is a power of two, else 0 (maximum_alignment). */
function alignmentOf(loads: readonly ProgramHeader[], page: bigint): bigint {
  const isPower = (value: bigint) => value > 0n && (value & (value - 1n)) === 0n;
  const largest = loads.reduce((most, { align }) => (isPower(align) && align > most ? align : most), 0n);
  return up(largest, page);
}

/** What the kernel says to sizes after it has mapped a segment; `at` is its address. */
function sizeFault(segment: ProgramHeader, at: bigint, taskSize: bigint): string | null {
  if (segment.filesz > segment.memsz) return 'a segment is larger in the file than in memory';
  if (at >= taskSize || segment.memsz > taskSize || taskSize - segment.memsz < at) {
    return BEYOND;
  }
  return null;
}

/** The end of the file parts and of the memory parts, as kernels before 6.7 collect them. */
interface Ends {
  file: bigint;
  memory: bigint;
  flags: number;
}

function extend(ends: Ends, segment: ProgramHeader, start: bigint): void {
  const file = start + segment.filesz;
  const memory = start + segment.memsz;
  if (file > ends.file) ends.file = file;
  if (memory > ends.memory) Object.assign(ends, { memory, flags: segment.flags });
}

/** Before 6.7: the zeros after a loader's last segment. The last page of its files is always filled. */
function fillEnd(space: AddressSpace, ends: Ends): string | null {
  const { page } = space.layout;
  const pageEnd = up(ends.file, page);
  if (ends.file !== pageEnd && !space.fill(ends.file, pageEnd)) {
    return 'kernels before 6.7 zero-fill its last page, which cannot be written to';
  }
  const to = up(ends.memory, page);
  return to > pageEnd ? space.mapZeros(pageEnd, to - pageEnd, PF_R | PF_W | (ends.flags & PF_X)) : null;
}

/** Where a position-independent program goes before its first segment is mapped. */
function dynamicStart(
  space: AddressSpace,
  image: Image,
  hasLoader: boolean,
  rules: MappingRules,
): { start: bigint; how: Placement } | { fault: string } {
  const { page, dynBase, window, fileAlign } = space.layout;
  const loads = loadsOf(image);
  const [first] = loads;
  const alignment = alignmentOf(loads, page);
  const aligned = (value: bigint) => (alignment > 0n ? down(value, alignment) : value);
  if (hasLoader) return { start: aligned(dynBase), how: 'fresh' };
  if (alignment <= page || !first) return { start: 0n, how: 'hint' };
  const total = totalSize(loads, space.layout);
  const trial = mapSegment(space, { image, segment: first, address: 0n, how: 'hint', total }, rules.reportsFilling);
  if ('fault' in trial) return trial;
  // Above the window it lies right after the stack, so that moving it down puts it over the stack.
  if (trial.at >= window && alignment > fileAlign) return { fault: 'its segments span more than the address space' };
  space.unmap(trial.at, up(total, page));
  return { start: aligned(trial.at), how: 'fresh' };
}

/** Maps the program itself, segment by segment, as load_elf_binary() does. */
function mapMain(space: AddressSpace, image: Image, hasLoader: boolean, rules: MappingRules): Moved {
  const { page, taskSize } = space.layout;
  const loads = loadsOf(image);
  const dynamic = image.header.type === ET_DYN;
  let bias = 0n;
  for (const [i, segment] of loads.entries()) {
    let how: Placement = i === 0 ? 'fresh' : 'fixed';
    let total = 0n;
    if (i === 0 && dynamic) {
      total = totalSize(loads, space.layout);
      if (total === 0n) return { fault: 'its segments are empty' };
      const begin = dynamicStart(space, image, hasLoader, rules);
      if ('fault' in begin) return begin;
      how = begin.how;
      bias = down(space.wrap(begin.start - segment.vaddr), page);
    }
    const address = space.wrap(bias + segment.vaddr);
    const placed = mapSegment(space, { image, segment, address, how, total }, rules.reportsFilling);
    if ('fault' in placed) return placed;
    if (placed.at >= taskSize) return { fault: BEYOND };
    if (i === 0 && dynamic) bias = space.wrap(bias + placed.at - down(address, page));
    // The kernel looks at the address in the file here, not at the one in memory.
    const fault = sizeFault(segment, segment.vaddr, taskSize);
    if (fault) return { fault };
  }
  return { bias };
}

/** Maps the loader, as load_elf_interp() does. `mainBias` is 0 for programs at fixed addresses. */
function mapLoader(space: AddressSpace, image: Image, mainBias: bigint, rules: MappingRules): Moved {
  const { page, taskSize } = space.layout;
  const loads = loadsOf(image);
  const { type } = image.header;
  if (type !== ET_EXEC && type !== ET_DYN) return { fault: 'it is neither an executable nor a shared object' };
  const ends: Ends = { file: 0n, memory: 0n, flags: 0 };
  let total = totalSize(loads, space.layout);
  if (total === 0n) return { fault: 'it has no loadable segment' };
  let bias = 0n;
  for (const [i, segment] of loads.entries()) {
    const how: Placement = type === ET_EXEC || i > 0 ? 'fixed' : 'hint';
    if (how === 'hint' && mainBias !== 0n) bias = space.wrap(-segment.vaddr);
    const wanted = { image, segment, address: space.wrap(bias + segment.vaddr), how, total };
    const placed: Placed = rules.reportsFilling ? mapSegment(space, wanted, true) : mapFilePart(space, wanted);
    if ('fault' in placed) return placed;
    if (placed.at >= taskSize) return { fault: BEYOND };
    total = 0n;
    if (i === 0 && type === ET_DYN) bias = space.wrap(placed.at - down(segment.vaddr, page));
    const fault = sizeFault(segment, space.wrap(bias + segment.vaddr), taskSize);
    if (fault) return { fault };
    extend(ends, segment, space.wrap(bias + segment.vaddr));
  }
  const fault = rules.reportsFilling ? null : fillEnd(space, ends);
  return fault ? { fault } : { bias };
}

/** Maps a program and its loader in the order of the kernel (fs/binfmt_elf.c), everything after the point of no return. */
export function mapProgram(main: Image, loader: Image | null, rules: MappingRules): Mapped {
  const space = new AddressSpace(rules.layout);
  const { taskSize } = rules.layout;
  const moved = mapMain(space, main, loader !== null, rules);
  if ('fault' in moved) return { fault: moved.fault, of: 'main' };
  const loaded = loader ? mapLoader(space, loader, moved.bias, rules) : moved;
  if ('fault' in loaded) return { fault: loaded.fault, of: 'loader' };
  const of = loader ? 'loader' : 'main';
  const entry = space.wrap((loader ?? main).header.entry + loaded.bias);
  if (entry >= taskSize) return { fault: 'its entry point lies beyond the address space', of };
  const { vectors, page } = rules.layout;
  const taken = vectors !== null && !space.isFree(vectors, page);
  return taken ? { fault: "a segment lies over the kernel's vectors page", of } : { space, entry };
}
