import { hasAt, padded, viewOf } from './bytes.ts';
import { type ElfLayout, type ProgramHeader, PT_GNU_PROPERTY } from './elf.ts';
import type { OpenedFile } from './ending.ts';
import { readAt, type TreeProgram } from './file-tree.ts';

const NOTE_MAX = 1024n;
const NAME_END = 16;
const NOTE_TYPE = 5;
const AARCH64_FEATURES = 0xc0000000;

const roundUp = (value: number, to: number) => Math.ceil(value / to) * to;

/** The properties of a note, sorted and whole? (fs/binfmt_elf.c, parse_elf_property). */
function propertiesFit(note: Uint8Array, end: number, layout: ElfLayout): boolean {
  const align = layout.bits === 64 ? 8 : 4;
  const view = viewOf(note);
  let previous = -1;
  for (let at = NAME_END; at !== end; ) {
    if (end - at < 8) return false;
    const type = view.getUint32(at, layout.little);
    const size = view.getUint32(at + 4, layout.little);
    const step = roundUp(size, align);
    if (step > end - at - 8 || type <= previous) return false;
    if (type === AARCH64_FEATURES && size !== 4) return false;
    previous = type;
    at += 8 + step;
  }
  return true;
}

/**
 * What arm64 answers to a malformed PT_GNU_PROPERTY, the last one of the file; null when it is fine or absent
 * (fs/binfmt_elf.c, parse_elf_properties).
 */
export function* gnuPropertyErrno(
  file: OpenedFile,
  headers: readonly ProgramHeader[],
  layout: ElfLayout,
): TreeProgram<'ENOEXEC' | 'EIO' | null> {
  const property = headers.findLast((header) => header.type === PT_GNU_PROPERTY);
  if (!property || file.path === null) return null;
  if (property.filesz > NOTE_MAX) return 'ENOEXEC';
  const size = Number(property.filesz);
  const inside = property.offset < BigInt(file.size);
  const read = inside ? yield* readAt(file.path, Number(property.offset), size) : new Uint8Array();
  if (read.length < NAME_END) return 'EIO';
  const note = padded(read, Number(NOTE_MAX));
  const view = viewOf(note);
  if (view.getUint32(8, layout.little) !== NOTE_TYPE || view.getUint32(0, layout.little) !== 4) return 'ENOEXEC';
  if (!hasAt(note, 12, 'GNU\0')) return 'ENOEXEC';
  const descriptor = view.getUint32(4, layout.little);
  if (descriptor > read.length - NAME_END) return 'ENOEXEC';
  return propertiesFit(note, NAME_END + descriptor, layout) ? null : 'ENOEXEC';
}
