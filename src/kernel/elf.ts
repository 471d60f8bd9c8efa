/** The ELF header fields that the kernel uses (include/uapi/linux/elf.h, struct elf32_hdr and elf64_hdr). Offsets may exceed 2^53: bigint. */
export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  readonly class: number;
  readonly data: number;
  readonly type: number;
  readonly machine: number;
  readonly entry: bigint;
  readonly phoff: bigint;
  readonly flags: number;
  readonly phentsize: number;
  readonly phnum: number;
}

export interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: bigint;
  readonly vaddr: bigint;
  readonly filesz: bigint;
  readonly memsz: bigint;
  readonly align: bigint;
}

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;
export const ET_EXEC = 2;
export const ET_DYN = 3;

export const HEADER_SIZE = { 32: 52, 64: 64 } as const;
export const PROGRAM_HEADER_SIZE = { 32: 32, 64: 56 } as const;

/** Whether the bytes begin with the ELF magic. */
export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

/** A view that gives zero beyond the end, as the kernel's zero-padded buffer does. */
class Fields {
  readonly #view: DataView;
  readonly #little: boolean;
  constructor(bytes: Uint8Array, bigEndian: boolean) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = !bigEndian;
  }
  u16(offset: number): number {
    return offset + 2 <= this.#view.byteLength ? this.#view.getUint16(offset, this.#little) : 0;
  }
  u32(offset: number): number {
    return offset + 4 <= this.#view.byteLength ? this.#view.getUint32(offset, this.#little) : 0;
  }
  u64(offset: number): bigint {
    return offset + 8 <= this.#view.byteLength ? this.#view.getBigUint64(offset, this.#little) : 0n;
  }
}

/** Reads the header as a kernel of the given width and byte order would, whatever EI_CLASS and EI_DATA say. */
export function readElfHeader(head: Uint8Array, bits: 32 | 64, bigEndian: boolean): ElfHeader {
  const fields = new Fields(head, bigEndian);
  const wide = bits === 64;
  return {
    bits,
    bigEndian,
    class: head[4] ?? 0,
    data: head[5] ?? 0,
    type: fields.u16(16),
    machine: fields.u16(18),
    entry: wide ? fields.u64(24) : BigInt(fields.u32(24)),
    phoff: wide ? fields.u64(32) : BigInt(fields.u32(28)),
    flags: fields.u32(wide ? 48 : 36),
    phentsize: fields.u16(wide ? 54 : 42),
    phnum: fields.u16(wide ? 56 : 44),
  };
}

/** Reads the program headers out of the bytes of their table. */
export function readProgramHeaders(table: Uint8Array, { bits, bigEndian, phnum }: ElfHeader): ProgramHeader[] {
  const fields = new Fields(table, bigEndian);
  const size = PROGRAM_HEADER_SIZE[bits];
  return Array.from({ length: phnum }, (_, index) => {
    const at = index * size;
    return bits === 64
      ? {
          type: fields.u32(at),
          flags: fields.u32(at + 4),
          offset: fields.u64(at + 8),
          vaddr: fields.u64(at + 16),
          filesz: fields.u64(at + 32),
          memsz: fields.u64(at + 40),
          align: fields.u64(at + 48),
        }
      : {
          type: fields.u32(at),
          offset: BigInt(fields.u32(at + 4)),
          vaddr: BigInt(fields.u32(at + 8)),
          filesz: BigInt(fields.u32(at + 16)),
          memsz: BigInt(fields.u32(at + 20)),
          flags: fields.u32(at + 24),
          align: BigInt(fields.u32(at + 28)),
        };
  });
}
