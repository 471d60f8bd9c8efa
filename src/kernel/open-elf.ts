import { decodeText, padded, untilNul } from './bytes.ts';
import {
  claimedLayout,
  type ElfHeader,
  type ElfLayout,
  ET_DYN,
  ET_EXEC,
  headerSize,
  isElf,
  machineOf,
  type ProgramHeader,
  PT_INTERP,
  parseHeader,
  parseProgramHeaders,
  programHeaderSize,
} from './elf.ts';
import type { Image } from './elf-image.ts';
import type { Ending, ExecContext, OpenedFile, Role } from './ending.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import { gnuPropertyErrno } from './gnu-property.ts';
import { refuseContent } from './judge-content.ts';
import { architectureOfElf, type ElfHandler, takesMachine } from './machines.ts';
import { openExec } from './open-exec.ts';
import { HEAD_SIZE } from './script.ts';
import type { SettledHost } from './settle-host.ts';

/** An ELF program that passed every check before the point of no return. */
export interface OpenedElf {
  readonly handler: ElfHandler;
  readonly main: Image;
  readonly loader: { readonly file: OpenedFile; readonly image: Image } | null;
}

const TABLE_MAX = 65536;
const PATH_MAX = 4096n;
const MAX_OFFSET = 1n << 63n;

/** The ELF loader of the host that takes this file, or null. A host we know nothing of takes what is made for it. */
function elfHandlerFor(host: SettledHost, head: Uint8Array): ElfHandler | null {
  if (!isElf(head)) return null;
  if (host.handlers.length > 0) return host.handlers.find((handler) => takesMachine(handler, head)) ?? null;
  if (architectureOfElf(head) !== host.arch) return null;
  const layout = claimedLayout(head);
  const machines = [machineOf(head, layout.little)];
  return {
    ...layout,
    machines,
    elfClass: null,
    neededFlags: 0,
    armChecks: false,
    compat: false,
    taskSize: null,
  };
}

/** The program headers as load_elf_phdrs() reads them; null when it refuses. Before 6.17 they must fit in one page. */
function* readTable(
  file: OpenedFile,
  header: ElfHeader,
  layout: ElfLayout,
  host: SettledHost,
): TreeProgram<ProgramHeader[] | null> {
  const each = programHeaderSize(layout);
  const size = each * header.phnum;
  const limit = host.atLeast(6, 17) ? TABLE_MAX : Math.min(TABLE_MAX, Number(host.page));
  if (header.phentsize !== each || size === 0 || size > limit || file.path === null) return null;
  if (header.phoff + BigInt(size) > BigInt(file.size)) return null;
  const table = yield* readAt(file.path, Number(header.phoff), size);
  return table.length < size ? null : parseProgramHeaders(table, layout);
}

/** The loader's name, or why it cannot be read; null without PT_INTERP. Only the first one counts. */
function* readLoaderName(
  file: OpenedFile,
  segments: readonly ProgramHeader[],
): TreeProgram<{ name: string } | { errno: 'ENOEXEC' | 'EINVAL' | 'EIO'; why: string } | null> {
  const segment = segments.find((each) => each.type === PT_INTERP);
  if (!segment || file.path === null) return null;
  if (segment.filesz < 2n || segment.filesz > PATH_MAX) {
    return { errno: 'ENOEXEC', why: `its PT_INTERP has an impossible length of ${segment.filesz} bytes` };
  }
  if (segment.offset + segment.filesz >= MAX_OFFSET)
    return { errno: 'EINVAL', why: 'its PT_INTERP has an impossible offset' };
  if (segment.offset + segment.filesz > BigInt(file.size)) {
    return { errno: 'EIO', why: 'its PT_INTERP lies past the end of the file' };
  }
  const bytes = yield* readAt(file.path, Number(segment.offset), Number(segment.filesz));
  if (BigInt(bytes.length) < segment.filesz) return { errno: 'EIO', why: 'its PT_INTERP cannot be read' };
  if (bytes.at(-1) !== 0) return { errno: 'ENOEXEC', why: 'its PT_INTERP does not end with a NUL byte' };
  return { name: decodeText(untilNul(bytes)) };
}

/** Opens the loader and checks its headers: EIO when it is shorter than one, ELIBBAD for everything else. */
function* openLoader(
  name: string,
  handler: ElfHandler,
  context: ExecContext,
): TreeProgram<{ file: OpenedFile; image: Image } | Ending> {
  const opened = yield* openExec(name, 'loader', context);
  if ('refused' in opened) return opened.refused;
  const { file } = opened;
  const head = file.path === null ? new Uint8Array() : yield* readAt(file.path, 0, headerSize(handler));
  if (head.length < headerSize(handler)) return yield* refuseContent('EIO', file, 'loader', context);
  const buffer = padded(head, HEAD_SIZE);
  if (!isElf(buffer) || !takesMachine(handler, buffer)) {
    const other = context.host.handlers.some((each) => isElf(buffer) && takesMachine(each, buffer));
    const refusal = yield* refuseContent('ELIBBAD', file, 'loader', context);
    if (!other) return refusal;
    const because = `${name} is ${refusal.culpritIs}, but the program that names it as its loader is ${handler.bits}-bit.`;
    return { ...refusal, fault: 'loader-wrong-arch', because };
  }
  const header = parseHeader(buffer, handler);
  const segments = yield* readTable(file, header, handler, context.host);
  if (!segments) return yield* refuseContent('ELIBBAD', file, 'loader', context);
  return { file, image: { header, segments, fileSize: BigInt(file.size) } };
}

/**
 * The checks of load_elf_binary() (fs/binfmt_elf.c) in their order up to the point of no return. An Ending is an errno
 * that is final or the ENOEXEC that every handler agreed on.
 */
export function* openElf(
  file: OpenedFile,
  head: Uint8Array,
  role: Role,
  context: ExecContext,
): TreeProgram<OpenedElf | Ending> {
  const { host } = context;
  const handler = elfHandlerFor(host, head);
  const header = handler && parseHeader(head, handler);
  if (!header || (header.type !== ET_EXEC && header.type !== ET_DYN)) {
    return yield* refuseContent('ENOEXEC', file, role, context);
  }
  const segments = yield* readTable(file, header, handler, host);
  if (!segments) return yield* refuseContent('ENOEXEC', file, role, context);
  const named = yield* readLoaderName(file, segments);
  if (named && 'errno' in named) return yield* refuseContent(named.errno, file, role, context, named.why);
  const loader = named ? yield* openLoader(named.name, handler, context) : null;
  if (loader && 'outcome' in loader) return loader;
  if (host.arch === 'arm64') {
    const bearer = loader?.file ?? file;
    const errno = yield* gnuPropertyErrno(bearer, loader?.image.segments ?? segments, handler);
    if (errno) {
      const why = 'its PT_GNU_PROPERTY is malformed';
      return yield* refuseContent(errno, bearer, loader ? 'loader' : role, context, why);
    }
  }
  return { handler, loader, main: { header, segments, fileSize: BigInt(file.size) } };
}
