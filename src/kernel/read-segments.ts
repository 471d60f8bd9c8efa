import { type ElfHeader, PROGRAM_HEADER_SIZE, type ProgramHeader, readProgramHeaders } from './elf.ts';
import { readAt, type TreeProgram } from './file-tree.ts';

/** fs/binfmt_elf.c, load_elf_phdrs: the table's largest size in bytes. */
const TABLE_LIMIT = 65_536;

/** Kernels from this version on allow more than one page of program headers. */
const WHOLE_TABLE_SINCE = [6, 13] as const;

/** The program headers, or null when load_elf_phdrs refuses them: wrong entry size, none, too many, or cut off. */
export function* readSegments(
  path: string,
  size: number,
  header: ElfHeader,
  pageSize: number,
  kernel: string | null,
): TreeProgram<readonly ProgramHeader[] | null> {
  const entry = PROGRAM_HEADER_SIZE[header.bits];
  const bytes = entry * header.phnum;
  if (header.phentsize !== entry || bytes === 0 || bytes > TABLE_LIMIT) return null;
  if (bytes > pageSize && isOlder(kernel)) return null;
  const start = header.phoff;
  if (start + BigInt(bytes) > BigInt(size)) return null;
  const table = yield* readAt(path, Number(start), bytes);
  return table.length < bytes ? null : readProgramHeaders(table, header);
}

function isOlder(kernel: string | null): boolean {
  const [major, minor] = (kernel ?? '').split('.').map(Number);
  if (major === undefined || minor === undefined || Number.isNaN(major) || Number.isNaN(minor)) return false;
  return major < WHOLE_TABLE_SINCE[0] || (major === WHOLE_TABLE_SINCE[0] && minor < WHOLE_TABLE_SINCE[1]);
}
