import { hasAt, viewOf } from './bytes.ts';

/** How the fields of an ELF file are laid out: what the reader decides, not necessarily what the file says of itself. */
export interface ElfLayout {
  readonly bits: 32 | 64;
  readonly little: boolean;
}

/** The fields of the ELF header (System V gABI, chapter 4) that decide whether a file runs. */
export interface ElfHeader {
  readonly type: number;
  readonly machine: number;
  readonly entry: bigint;
  readonly phoff: bigint;
  readonly flags: number;
  readonly phentsize: number;
  readonly phnum: number;
}

/** One program header. Sizes and addresses are unsigned. */
export interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: bigint;
  readonly vaddr: bigint;
  readonly filesz: bigint;
  readonly memsz: bigint;
  readonly align: bigint;
}

export const ET_REL = 1;
export const ET_EXEC = 2;
export const ET_DYN = 3;
export const ET_CORE = 4;
export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;
export const PT_GNU_STACK = 0x6474e551;
export const PT_GNU_PROPERTY = 0x6474e553;
export const PF_X = 1;
export const PF_W = 2;
export const PF_R = 4;

export const headerSize = (layout: ElfLayout) => (layout.bits === 64 ? 64 : 52);
export const programHeaderSize = (layout: ElfLayout) => (layout.bits === 64 ? 56 : 32);

/** Whether the four magic bytes are there. */
export function isElf(head: Uint8Array): boolean {
  return hasAt(head, 0, '\x7fELF');
}

/** The layout that the file claims in e_ident; what is neither 1 nor 2 counts as 64-bit, little-endian. */
export function claimedLayout(head: Uint8Array): ElfLayout {
  return { bits: head[4] === 1 ? 32 : 64, little: head[5] !== 2 };
}

/** e_machine in the given byte order; `head` holds at least 20 bytes. */
export function machineOf(head: Uint8Array, little: boolean): number {
  return viewOf(head).getUint16(18, little);
}

/** Reads the header; `head` holds at least `headerSize(layout)` bytes. */
export function parseHeader(head: Uint8Array, layout: ElfLayout): ElfHeader {
  const view = viewOf(head);
  const { little } = layout;
  const wide = layout.bits === 64;
  const address = (at: number) => (wide ? view.getBigUint64(at, little) : BigInt(view.getUint32(at, little)));
  return {
    type: view.getUint16(16, little),
    machine: view.getUint16(18, little),
    entry: address(24),
    phoff: address(wide ? 32 : 28),
    flags: view.getUint32(wide ? 48 : 36, little),
    phentsize: view.getUint16(wide ? 54 : 42, little),
    phnum: view.getUint16(wide ? 56 : 44, little),
  };
}

function parseProgramHeader(view: DataView, at: number, layout: ElfLayout): ProgramHeader {
  const { little } = layout;
  const u32 = (offset: number) => view.getUint32(at + offset, little);
  if (layout.bits === 32) {
    return {
      type: u32(0),
      offset: BigInt(u32(4)),
      vaddr: BigInt(u32(8)),
      filesz: BigInt(u32(16)),
      memsz: BigInt(u32(20)),
      flags: u32(24),
      align: BigInt(u32(28)),
    };
  }
  const u64 = (offset: number) => view.getBigUint64(at + offset, little);
  return {
    type: u32(0),
    flags: u32(4),
    offset: u64(8),
    vaddr: u64(16),
    filesz: u64(32),
    memsz: u64(40),
    align: u64(48),
  };
}

/** Reads every program header that lies wholly within `table`. */
export function parseProgramHeaders(table: Uint8Array, layout: ElfLayout): ProgramHeader[] {
  const view = viewOf(table);
  const size = programHeaderSize(layout);
  const headers: ProgramHeader[] = [];
  for (let at = 0; at + size <= table.length; at += size) headers.push(parseProgramHeader(view, at, layout));
  return headers;
}
