import { decodeText, padded, untilNul } from './bytes.ts';
import { claimedLayout, headerSize, isElf, machineOf, PT_INTERP, parseHeader, parseProgramHeaders } from './elf.ts';
import type { Image } from './elf-image.ts';
import type { Ending, ExecContext, OpenedFile } from './ending.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import { identify } from './judge-content.ts';
import { loaderFault } from './loader/loader-fault.ts';
import { resolvePath } from './resolve-path.ts';

/** qemu-user's status when it cannot load the program. */
const QEMU_GIVES_UP = 255;
const TABLE_MAX = 65536;
/** The smallest page that qemu-user tells its programs of, whatever the host's is. */
const EMULATED_PAGE = 4096n;

function gaveUp(
  culprit: string,
  exit: number | null,
  fault: Ending['fault'],
  because: string,
  culpritIs: string | null,
): Ending {
  return { outcome: 'loader', culprit, exit, fault, because, culpritIs, started: null };
}

/** The headers of an ELF file by its own account; null when they cannot be read. */
function* imageOf(file: OpenedFile, path: string, head: Uint8Array): TreeProgram<Image | null> {
  const layout = claimedLayout(head);
  if (head.length < headerSize(layout)) return null;
  const header = parseHeader(head, layout);
  const size = Math.min(header.phentsize * header.phnum, TABLE_MAX);
  if (header.phoff + BigInt(size) > BigInt(file.size)) return null;
  const segments = parseProgramHeaders(yield* readAt(path, Number(header.phoff), size), layout);
  return { header, segments, fileSize: BigInt(file.size) };
}

/** Its PT_INTERP; null when it has none that can be read. */
function* loaderNamed(path: string, image: Image): TreeProgram<string | null> {
  const named = image.segments.find((segment) => segment.type === PT_INTERP);
  if (!named || named.filesz > 4096n || named.offset + named.filesz > image.fileSize) return null;
  return decodeText(untilNul(yield* readAt(path, Number(named.offset), Number(named.filesz)))) || null;
}

interface Foreign {
  readonly program: OpenedFile;
  readonly path: string;
  readonly head: Uint8Array;
  readonly image: Image;
}

/** Opens the loader that the program names; an Ending when it is missing or for another machine. */
function* openOwnLoader(
  { program, head }: Foreign,
  name: string,
  context: ExecContext,
): TreeProgram<{ file: OpenedFile; image: Image | null } | Ending> {
  context.chain.push(name);
  const found = yield* resolvePath(name, context.cwd, context.who);
  if (!found.found || found.entry.kind !== 'file') {
    const because = `${program.name} is emulated, but its own loader ${name} is not in the container.`;
    return gaveUp(name, QEMU_GIVES_UP, 'loader-missing', because, null);
  }
  const file: OpenedFile = { name, path: found.path, size: found.entry.size };
  const loaderHead = yield* readAt(found.path, 0, 64);
  const { little } = claimedLayout(head);
  const buffer = padded(loaderHead, 64);
  if (isElf(buffer) && machineOf(buffer, little) === machineOf(head, little)) {
    return { file, image: yield* imageOf(file, found.path, loaderHead) };
  }
  const is = (yield* identify(file))?.identity.what ?? null;
  const because = `${program.name} is emulated, but its loader ${name} is ${is}, for another machine.`;
  return gaveUp(name, null, 'loader-wrong-arch', because, is);
}

/**
 * Why an emulator that started cannot load the program it was given: the program's own loader must be in the
 * container, for its machine, and find what the program needs. Null when nothing speaks against it.
 */
export function* emulationFault(program: OpenedFile, context: ExecContext): TreeProgram<Ending | null> {
  const { path } = program;
  if (path === null) return null;
  const head = yield* readAt(path, 0, 64);
  if (!isElf(head)) return null;
  const layout = claimedLayout(head);
  if (head.length < headerSize(layout)) {
    const what = (yield* identify(program))?.identity.what ?? null;
    const because = `${program.name} is ${what}: the emulator is started, but the file ends within its header.`;
    return gaveUp(program.name, null, 'truncated-binary', because, what);
  }
  const image = yield* imageOf(program, path, head);
  const name = image && (yield* loaderNamed(path, image));
  if (!image || !name) return null;
  const loader = yield* openOwnLoader({ program, path, head, image }, name, context);
  if ('outcome' in loader) return loader;
  if (!loader.image) return null;
  const start = { program, image, loader: { file: loader.file, image: loader.image }, layout, cpuLevel: null };
  return yield* loaderFault({ ...start, page: EMULATED_PAGE }, context);
}
