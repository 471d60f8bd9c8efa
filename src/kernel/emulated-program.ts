import { decodeText, padded, untilNul } from './bytes.ts';
import { claimedLayout, headerSize, isElf, machineOf, PT_INTERP, parseHeader, parseProgramHeaders } from './elf.ts';
import type { Ending, ExecContext, OpenedFile } from './ending.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import { identify } from './judge-content.ts';
import { resolvePath } from './resolve-path.ts';

/** qemu-user's status when it cannot load the program. */
const QEMU_GIVES_UP = 255;
const TABLE_MAX = 65536;

function gaveUp(
  culprit: string,
  exit: number | null,
  fault: Ending['fault'],
  because: string,
  culpritIs: string | null,
): Ending {
  return { outcome: 'loader', culprit, exit, fault, because, culpritIs, started: null };
}

/** The PT_INTERP of an ELF file by its own account; null when it has none that can be read. */
function* loaderNamed(file: OpenedFile, path: string, head: Uint8Array): TreeProgram<string | null> {
  const layout = claimedLayout(head);
  const header = parseHeader(head, layout);
  const size = Math.min(header.phentsize * header.phnum, TABLE_MAX);
  if (header.phoff + BigInt(size) > BigInt(file.size)) return null;
  const segments = parseProgramHeaders(yield* readAt(path, Number(header.phoff), size), layout);
  const named = segments.find((segment) => segment.type === PT_INTERP);
  if (!named || named.filesz > 4096n || named.offset + named.filesz > BigInt(file.size)) return null;
  return decodeText(untilNul(yield* readAt(path, Number(named.offset), Number(named.filesz)))) || null;
}

/**
 * Why an emulator that started cannot load the program it was given: the program's own loader must be in the
 * container, for its machine. Null when nothing speaks against it.
 */
export function* emulationFault(program: OpenedFile, context: ExecContext): TreeProgram<Ending | null> {
  if (program.path === null) return null;
  const head = yield* readAt(program.path, 0, 64);
  if (!isElf(head)) return null;
  const what = (yield* identify(program))?.identity.what ?? null;
  if (head.length < headerSize(claimedLayout(head))) {
    const because = `${program.name} is ${what}: the emulator is started, but the file ends within its header.`;
    return gaveUp(program.name, null, 'truncated-binary', because, what);
  }
  const name = yield* loaderNamed(program, program.path, head);
  if (name === null) return null;
  context.chain.push(name);
  const found = yield* resolvePath(name, context.cwd, context.who);
  if (!found.found || found.entry.kind !== 'file') {
    const because = `${program.name} is emulated, but its own loader ${name} is not in the container.`;
    return gaveUp(name, QEMU_GIVES_UP, 'loader-missing', because, null);
  }
  const loader: OpenedFile = { name, path: found.path, size: found.entry.size };
  const loaderHead = padded(yield* readAt(found.path, 0, 64), 64);
  const { little } = claimedLayout(head);
  if (isElf(loaderHead) && machineOf(loaderHead, little) === machineOf(head, little)) return null;
  const is = (yield* identify(loader))?.identity.what ?? null;
  return gaveUp(
    name,
    null,
    'loader-wrong-arch',
    `${program.name} is emulated, but its loader ${name} is ${is}, for another machine.`,
    is,
  );
}
