import { PF_W } from './elf.ts';
import type { Image } from './elf-image.ts';
import type { MemoryLayout } from './memory-layout.ts';

/** Pages of a program: of a file from an offset on, or without a file all zeros. */
export interface Mapping {
  readonly start: bigint;
  readonly end: bigint;
  /** PF_R, PF_W, PF_X. */
  readonly flags: number;
  readonly image: Image | null;
  /** Where in the file `start` is. */
  readonly offset: bigint;
  /** Addresses that were filled with zeros afterwards. */
  readonly zeros: readonly (readonly [from: bigint, to: bigint])[];
}

/** How an address is meant, as the flags of mmap(2): MAP_FIXED, MAP_FIXED_NOREPLACE, a hint. */
export type Placement = 'fixed' | 'fresh' | 'hint';

/** A failure is a sentence: after the point of no return there is no errno. */
export type Placed = { readonly at: bigint } | { readonly fault: string };

/** More memory than any host is assumed to have; below this a size may be refused or not, and counts as fine. */
const SURELY_TOO_MUCH = 1n << 38n;
/** The stack's first size, and the distance that is kept to it at least (mmap_base in mm/util.c). */
const STACK_MIN = 0x21000n;
const STACK_GAP = 128n << 20n;

export const down = (value: bigint, page: bigint) => value - (value % page);
export const up = (value: bigint, page: bigint) => down(value + page - 1n, page);

/** What a program has mapped so far, by address; later mappings replace the pages of earlier ones. */
export class AddressSpace {
  readonly layout: MemoryLayout;
  private mappings: readonly Mapping[] = [];

  constructor(layout: MemoryLayout) {
    this.layout = layout;
  }

  /** A sum of addresses, as the kernel's unsigned long holds it. */
  wrap(value: bigint): bigint {
    return BigInt.asUintN(this.layout.word, value);
  }

  /** What is mapped at an address. */
  at(address: bigint): Mapping | undefined {
    return this.mappings.find(({ start, end }) => address >= start && address < end);
  }

  /** Where `length` bytes come to lie (get_unmapped_area in mm/mmap.c). */
  find(address: bigint, length: bigint, how: Placement): Placed {
    const { minAddr, taskSize, window, page } = this.layout;
    if (how !== 'hint') {
      if (length > taskSize || address > taskSize - length) return { fault: 'a segment lies beyond the address space' };
      if (address < minAddr) return { fault: `a segment lies below vm.mmap_min_addr (${minAddr})` };
      const taken = how === 'fresh' && (!this.isFree(address, length) || this.coversStack(address, length));
      return taken ? { fault: 'its segments span what is there already' } : { at: address };
    }
    const hint = address > 0n && address < minAddr ? up(minAddr, page) : address;
    const end = hint > window ? taskSize : window;
    if (
      hint > 0n &&
      length <= end &&
      hint <= end - length &&
      this.isFree(hint, length) &&
      !this.coversStack(hint, length)
    )
      return { at: hint };
    return this.findAnywhere(length);
  }

  private findAnywhere(length: bigint): Placed {
    const { window, minAddr, stackRandom, searchEnd } = this.layout;
    const gap = STACK_GAP > stackRandom ? STACK_GAP : stackRandom;
    let at = window - gap - length;
    for (let over = this.overlapping(at, length); over; over = this.overlapping(at, length)) at = over.start - length;
    if (at >= minAddr) return { at };
    // Above everything else, where the architecture's search goes so far.
    const above = this.mappings.reduce((end, each) => (each.end > end ? each.end : end), window);
    return above + length <= searchEnd ? { at: above } : { fault: 'its segments span more than the address space' };
  }

  /** Maps pages over what is there. `length` is a multiple of the page size. */
  map(mapping: Omit<Mapping, 'end' | 'zeros'>, length: bigint): void {
    this.unmap(mapping.start, length);
    this.mappings = [...this.mappings, { ...mapping, end: mapping.start + length, zeros: [] }];
  }

  unmap(start: bigint, length: bigint): void {
    const end = start + length;
    this.mappings = this.mappings.flatMap((each) => {
      if (each.end <= start || each.start >= end) return [each];
      const before = each.start < start ? [{ ...each, end: start }] : [];
      const after = each.end > end ? [{ ...each, start: end, offset: each.offset + (end - each.start) }] : [];
      return [...before, ...after];
    });
  }

  /** Maps zero pages at exactly this place (vm_brk_flags). */
  mapZeros(start: bigint, length: bigint, flags: number): string | null {
    if (length === 0n) return null;
    if (length >= SURELY_TOO_MUCH) return 'a segment wants more memory than there is';
    const found = this.find(start, length, 'fixed');
    if ('fault' in found) return found.fault;
    this.map({ start, flags, image: null, offset: 0n }, length);
    return null;
  }

  /** Fills with zeros to the end of the page at most, as clear_user() does; false where it faults. */
  fill(from: bigint, to: bigint): boolean {
    const { page } = this.layout;
    const mapping = this.at(from);
    if (!mapping || (mapping.flags & PF_W) === 0) return false;
    const offset = mapping.offset + down(from, page) - mapping.start;
    if (mapping.image && offset >= mapping.image.fileSize) return false;
    const filled: Mapping = { ...mapping, zeros: [...mapping.zeros, [from, to]] };
    this.mappings = this.mappings.map((each) => (each === mapping ? filled : each));
    return true;
  }

  /** Whether the stack lies within, more likely than not: it begins at random somewhere below the top. */
  coversStack(start: bigint, length: bigint): boolean {
    const { window, stackRandom } = this.layout;
    return start < window - stackRandom - STACK_MIN && start + length > window - stackRandom / 2n;
  }

  private overlapping(start: bigint, length: bigint): Mapping | undefined {
    return this.mappings.find((each) => each.start < start + length && each.end > start);
  }

  /** Whether nothing is mapped there. */
  isFree(start: bigint, length: bigint): boolean {
    return this.overlapping(start, length) === undefined;
  }
}

/** Whether private writable memory of this size is surely refused. */
export const isTooMuch = (length: bigint) => length >= SURELY_TOO_MUCH;
