import {
  type ElfHeader,
  ET_DYN,
  ET_EXEC,
  HEADER_SIZE,
  isElf,
  type ProgramHeader,
  PT_INTERP,
  readElfHeader,
} from './elf.ts';
import { readAt, type TreeEntry, type TreeProgram } from './file-tree.ts';
import type { ExecRequest, KernelHost } from './host.ts';
import { identifyFile } from './identify-file.ts';
import { isBigEndianHost, personalityFor } from './machines.ts';
import { mapFault } from './map-segments.ts';
import type { ErrnoName, FaultCode, Outcome } from './outcome.ts';
import { readSegments } from './read-segments.ts';
import { killed, type Refusal, refusedBy } from './refusal.ts';
import { mayExecute, resolvePath } from './resolve-path.ts';

/** The file that is being loaded, as it was named and where it is. */
export interface LoadedFile {
  readonly name: string;
  readonly path: string;
  readonly entry: TreeEntry;
  readonly head: Uint8Array;
}

const INTERP_LIMIT = 4096n;
const LLONG_MAX = 0x7fffffffffffffffn;
const DEFAULT_PAGE = 4096;

type Read = { readonly header: ElfHeader; readonly segments: readonly ProgramHeader[] };

/**
 * What load_elf_binary in fs/binfmt_elf.c does with a file, check by check in its order. ENOEXEC is for a file that is none, or is
 * another machine's; the loader that PT_INTERP names is opened and looked at too. What the loader does afterwards is not modelled here.
 */
export function* loadElf(
  file: LoadedFile,
  request: ExecRequest,
  host: KernelHost,
  chain: readonly string[],
): TreeProgram<Outcome> {
  const refuse = (refusal: Omit<Refusal, 'culprit' | 'culpritIs'>) =>
    refusedBy({ ...refusal, culprit: file.name, culpritIs: identifyFile(file.head, file.entry.size).what }, chain);
  const pageSize = host.pageSize ?? DEFAULT_PAGE;
  const read = yield* readElf(file, host, pageSize);
  if (!read) return refuse({ errno: 'ENOEXEC', ...notLoadable(file, host, chain) });
  const interp = read.segments.find(({ type }) => type === PT_INTERP);
  if (interp) {
    const failure = yield* checkLoader(file, interp, request, host, pageSize, chain);
    if (failure) return failure;
  }
  const what = identifyFile(file.head, file.entry.size).what;
  const fault = mapFault(read.header, read.segments, file.entry.size, {
    pageSize,
    mmapMinAddr: host.mmapMinAddr,
    hasLoader: interp !== undefined,
    arch: host.arch,
  });
  if (fault) return killed(file.name, fault.fault, `${file.name} ${fault.because}`, what, chain, fault.exit);
  return {
    outcome: 'runs',
    culprit: null,
    errno: null,
    exit: null,
    fault: 'none',
    because: `${file.name} is ${what}; the kernel executes it on ${host.arch}.`,
    culpritIs: what,
    chain,
  };
}

/** The header and segments as this host reads them; null when it does not take the file as its own. */
function* readElf(file: LoadedFile, host: KernelHost, pageSize: number): TreeProgram<Read | null> {
  if (!isElf(file.head)) return null;
  const bigEndian = isBigEndianHost(host.arch);
  const probe = readElfHeader(file.head, file.head[4] === 1 ? 32 : 64, bigEndian);
  const personality = personalityFor(host, probe.machine, {
    class: probe.class,
    flags: readElfHeader(file.head, 32, bigEndian).flags,
  });
  if (!personality) return null;
  const header = readElfHeader(file.head, personality.bits, personality.bigEndian);
  if (header.type !== ET_EXEC && header.type !== ET_DYN) return null;
  const segments = yield* readSegments(file.path, file.entry.size, header, pageSize, host.kernel);
  return segments && { header, segments };
}

/** Why a file is no program here: another machine's, no program at all, or a damaged one. */
function notLoadable(
  { name, head, entry }: LoadedFile,
  host: KernelHost,
  chain: readonly string[],
): { fault: FaultCode; because: string } {
  const { kind, what, architecture } = identifyFile(head, entry.size);
  const asInterpreter = chain.length > 1;
  if (kind === 'empty') return { fault: 'empty-file', because: `${name} is empty.` };
  if (kind === 'elf' && entry.size < HEADER_SIZE[head[4] === 1 ? 32 : 64]) {
    return { fault: 'truncated-binary', because: `${name} is cut off within its header (${entry.size} bytes).` };
  }
  if (kind === 'elf' && architecture !== host.arch) {
    return {
      fault: asInterpreter ? 'interpreter-wrong-arch' : 'wrong-arch-binary',
      because: `${name} is ${what}; the host executes ${host.arch}.`,
    };
  }
  if (kind === 'elf')
    return {
      fault: 'truncated-binary',
      because: `${name} is ${what}, but its program headers are damaged or cut off.`,
    };
  if (kind === 'text' || kind === 'script') {
    return {
      fault: 'script-no-shebang',
      because: `${name} is ${what}: a script has to begin with #! and a name that ends within 256 bytes.`,
    };
  }
  return { fault: 'foreign-format', because: `${name} is ${what}, which Linux does not execute.` };
}

/** Opens and looks at the loader; null when it is in order. */
function* checkLoader(
  file: LoadedFile,
  interp: ProgramHeader,
  request: ExecRequest,
  host: KernelHost,
  pageSize: number,
  chain: readonly string[],
): TreeProgram<Outcome | null> {
  const ofMain = (errno: ErrnoName, because: string) =>
    refusedBy(
      {
        errno,
        culprit: file.name,
        fault: 'truncated-binary',
        because: `${file.name}: ${because}`,
        culpritIs: identifyFile(file.head, file.entry.size).what,
      },
      chain,
    );
  if (interp.filesz < 2n || interp.filesz > INTERP_LIMIT)
    return ofMain('ENOEXEC', 'the name of its loader (PT_INTERP) has an impossible length.');
  if (interp.offset + interp.filesz > LLONG_MAX)
    return ofMain('EINVAL', 'the name of its loader (PT_INTERP) lies at an impossible offset.');
  if (interp.offset + interp.filesz > BigInt(file.entry.size))
    return ofMain('EIO', 'the name of its loader (PT_INTERP) lies past the end of the file.');
  const bytes = yield* readAt(file.path, Number(interp.offset), Number(interp.filesz));
  if (bytes.at(-1) !== 0) return ofMain('ENOEXEC', 'the name of its loader (PT_INTERP) is not terminated.');
  const name = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  const withLoader = [...chain, name];
  const of = (errno: ErrnoName, fault: FaultCode, because: string, culpritIs: string | null = null) =>
    refusedBy(
      { errno, culprit: name, fault, because: `${file.name} needs the loader ${name}, ${because}`, culpritIs },
      withLoader,
    );
  if (name === '') return of('EACCES', 'loader-missing', 'an empty name.');
  const found = yield* resolvePath(name, request.cwd, request);
  if (found.kind === 'error') {
    return of(
      found.errno,
      'loader-missing',
      `which is not there (${found.errno}): it was built for another C library or base image.`,
    );
  }
  if (found.entry.kind !== 'file' || !mayExecute(found.entry, request))
    return of('EACCES', 'not-executable', 'which is no executable file.');
  const head = yield* readAt(found.path, 0, 256);
  const identity = identifyFile(head, found.entry.size);
  const needed = HEADER_SIZE[(yield* readElf(file, host, pageSize))?.header.bits ?? 64];
  if (found.entry.size < needed)
    return of(
      'EIO',
      found.entry.size === 0 ? 'empty-file' : 'truncated-binary',
      `which is ${identity.what} (${found.entry.size} bytes).`,
      identity.what,
    );
  const loader: LoadedFile = { name, path: found.path, entry: found.entry, head };
  const main = yield* readElf(file, host, pageSize);
  const read = yield* readElf(loader, host, pageSize);
  const sameWidth = read && main && read.header.bits === main.header.bits;
  const typed = isElf(head) && read === null && isTyped(head);
  if (typed || !sameWidth) return of('ELIBBAD', 'loader-wrong-arch', `which is ${identity.what}.`, identity.what);
  return null;
}

/** A loader of another type is found out only after the point of no return; its machine and headers before. */
function isTyped(head: Uint8Array): boolean {
  return head[16] !== ET_EXEC && head[16] !== ET_DYN;
}
