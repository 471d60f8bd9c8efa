import { type ElfHeader, type ProgramHeader, PT_LOAD } from './elf.ts';

/** One ELF file with its headers read. */
export interface Image {
  readonly header: ElfHeader;
  readonly segments: readonly ProgramHeader[];
  readonly fileSize: bigint;
}

export const loadsOf = (image: Image) => image.segments.filter((segment) => segment.type === PT_LOAD);
