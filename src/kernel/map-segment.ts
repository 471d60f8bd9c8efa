import { type AddressSpace, down, isTooMuch, type Placed, type Placement, up } from './address-space.ts';
import { PF_R, PF_W, PF_X, type ProgramHeader } from './elf.ts';
import type { Image } from './elf-image.ts';

const LARGEST_FILE = (1n << 63n) - 1n;

/** One segment on its way into memory. `total` is the span of all segments where it is reserved at once, else 0. */
export interface Wanted {
  readonly image: Image;
  readonly segment: ProgramHeader;
  readonly address: bigint;
  readonly how: Placement;
  readonly total: bigint;
}

/** Why the file cannot be mapped from this offset over this length (vm_mmap, file_mmap_ok in mm/mmap.c), or null. */
function offsetFault(space: AddressSpace, offset: bigint, length: bigint): string | null {
  const { page, word } = space.layout;
  const tooFar = 'a segment lies past the end of any file';
  if (offset + length >= 1n << BigInt(word)) return tooFar;
  if (offset % page !== 0n) return `a segment's offset and address differ modulo the page size of ${page} bytes`;
  return word === 64 && (length > LARGEST_FILE || offset / page > (LARGEST_FILE - length) / page) ? tooFar : null;
}

/** Maps what a segment takes of its file (elf_map in fs/binfmt_elf.c). */
export function mapFilePart(space: AddressSpace, { image, segment, address, how, total }: Wanted): Placed {
  const { page } = space.layout;
  const within = segment.vaddr % page;
  const start = down(address, page);
  const size = space.wrap(up(segment.filesz + within, page));
  if (size === 0n) return { at: start };
  const offset = space.wrap(segment.offset - within);
  const length = total > 0n ? up(total, page) : size;
  const fault = offsetFault(space, offset, length);
  if (fault) return { fault };
  if ((segment.flags & PF_W) !== 0 && isTooMuch(length)) return { fault: 'a segment wants more memory than there is' };
  const found = space.find(start, length, how);
  if ('fault' in found) return found;
  if (how === 'fixed' && space.coversStack(found.at, length)) return { fault: 'its segments span the stack' };
  space.unmap(found.at, length);
  space.map({ start: found.at, flags: segment.flags, image, offset }, size);
  return found;
}

/** Maps one segment and fills what is not of the file with zeros (elf_load); `reports` when a page cannot be filled. */
export function mapSegment(space: AddressSpace, wanted: Wanted, reports: boolean): Placed {
  const { page } = space.layout;
  const { segment } = wanted;
  const within = segment.vaddr % page;
  let at = down(wanted.address, page);
  let zeros = at;
  if (segment.filesz > 0n) {
    const placed = mapFilePart(space, wanted);
    if ('fault' in placed) return placed;
    at = placed.at;
    zeros = at + within + segment.filesz;
    const end = up(zeros, page);
    const writable = (segment.flags & PF_W) !== 0;
    if (segment.memsz > segment.filesz && zeros !== end && !space.fill(zeros, end) && writable && reports) {
      return { fault: 'the file ends before its data segment does' };
    }
  }
  if (segment.memsz <= segment.filesz) return { at };
  const from = up(zeros, page);
  const to = up(at + within + segment.memsz, page);
  const fault = to > from ? space.mapZeros(from, to - from, PF_R | PF_W | (segment.flags & PF_X)) : null;
  return fault ? { fault } : { at };
}
