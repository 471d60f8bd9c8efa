import { hasAt, viewOf } from '../bytes.ts';
import {
  ET_DYN,
  ET_EXEC,
  headerSize,
  isElf,
  type ProgramHeader,
  PT_DYNAMIC,
  PT_LOAD,
  parseHeader,
  parseProgramHeaders,
  programHeaderSize,
} from '../elf.ts';
import type { Image } from '../elf-image.ts';
import type { OpenedFile } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import type { FaultCode } from '../outcome.ts';
import { bytesAt, type LoaderRun } from './loader-run.ts';

/** What glibc makes of a file it opened: a library, one it passes over, or one it dies of. */
export type Verified =
  | { readonly kind: 'library'; readonly image: Image }
  | { readonly kind: 'passed-over' }
  | { readonly kind: 'fatal'; readonly message: string; readonly fault: FaultCode };

const ELFOSABI_GNU = 3;
const PADDING = 9;
const IDENT = 16;

const fatal = (message: string, fault: FaultCode = 'foreign-format'): Verified => ({ kind: 'fatal', message, fault });

/** The first 16 bytes (open_verify in elf/dl-load.c, VALID_ELF_HEADER of sysdeps/gnu/ldsodefs.h); null when they are right. */
function identFault(head: Uint8Array, run: LoaderRun): Verified | null {
  const { bits, little } = run.layout;
  if (!isElf(head)) return fatal('invalid ELF header');
  if (head[4] !== (bits === 64 ? 2 : 1)) return { kind: 'passed-over' };
  if (head[5] !== (little ? 1 : 2)) return fatal(`ELF file data encoding not ${little ? 'little' : 'big'}-endian`);
  if (head[6] !== 1) return fatal('ELF file version ident does not match current one');
  if (head[7] !== 0 && head[7] !== ELFOSABI_GNU) return fatal('ELF file OS ABI invalid');
  if (head[8] !== 0 && head[7] === ELFOSABI_GNU) run.doubt = true;
  else if (head[8] !== 0) return fatal('ELF file ABI version invalid');
  return head.subarray(PADDING, IDENT).some((byte) => byte !== 0) ? fatal('nonzero padding in e_ident') : null;
}

/** Reads the program headers; null when they reach past the end of the file. */
function* readImage(run: LoaderRun, file: OpenedFile, head: Uint8Array): TreeProgram<Image | null> {
  const header = parseHeader(head, run.layout);
  const size = programHeaderSize(run.layout) * header.phnum;
  const table = yield* bytesAt(run, file, Number(header.phoff), size);
  if (table.length < size) return null;
  return { header, segments: parseProgramHeaders(table, run.layout), fileSize: BigInt(file.size) };
}

/** What open_verify() says of an opened file, in its order. */
export function* verifyLibrary(run: LoaderRun, file: OpenedFile): TreeProgram<Verified> {
  const { layout } = run;
  const head = yield* bytesAt(run, file, 0, headerSize(layout));
  if (head.length < headerSize(layout)) {
    return fatal(
      'file too short',
      head.length === 0 ? 'empty-file' : hasAt(head, 0, '\x7fELF') ? 'truncated-binary' : 'foreign-format',
    );
  }
  const ident = identFault(head, run);
  if (ident) return ident;
  const header = parseHeader(head, layout);
  if (viewOf(head).getUint32(20, layout.little) !== 1) return fatal('ELF file version does not match current one');
  if (header.machine !== run.loader.image.header.machine) return { kind: 'passed-over' };
  if (header.type !== ET_DYN && header.type !== ET_EXEC) return fatal('only ET_DYN and ET_EXEC can be loaded');
  if (header.phentsize !== programHeaderSize(layout)) return fatal("ELF file's phentsize not the expected size");
  const image = yield* readImage(run, file, head);
  return image ? { kind: 'library', image } : fatal('cannot read file data', 'truncated-binary');
}

/** Until 2.35 p_align itself had to be whole pages, and the segment aligned to it. */
const ALIGNS_TO_PAGES = 35;

function isMisaligned(loads: readonly ProgramHeader[], page: bigint, minor: number | null): boolean {
  return loads.some(({ vaddr, offset, align }) => {
    if ((minor ?? 0) >= ALIGNS_TO_PAGES) return (vaddr - offset) % page !== 0n;
    return align % page !== 0n || ((vaddr - offset) & (align - 1n)) !== 0n;
  });
}

/** What stops _dl_map_object_from_fd() before it maps anything; null when it goes on. `minor` is of glibc 2. */
export function mappingFault(
  image: Image,
  page: bigint,
  minor: number | null,
): { message: string; fault: FaultCode } | null {
  const loads = image.segments.filter((segment) => segment.type === PT_LOAD);
  if (isMisaligned(loads, page, minor)) {
    const message = 'ELF load command address/offset not page-aligned';
    return { message, fault: isMisaligned(loads, 4096n, minor) ? 'foreign-format' : 'page-size' };
  }
  if (loads.length === 0) return { message: 'object file has no loadable segments', fault: 'foreign-format' };
  if (image.header.type !== ET_DYN) return { message: 'cannot dynamically load executable', fault: 'foreign-format' };
  const dynamic = image.segments.filter((segment) => segment.type === PT_DYNAMIC);
  if (!dynamic.some((each) => each.vaddr !== 0n && each.filesz > 0n) || dynamic.some((each) => each.filesz === 0n)) {
    return { message: 'object file has no dynamic section', fault: 'foreign-format' };
  }
  return null;
}
