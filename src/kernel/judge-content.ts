import { decodeText, padded } from './bytes.ts';
import { claimedLayout, headerSize, isElf, parseHeader } from './elf.ts';
import { type Ending, type ExecContext, type OpenedFile, type Role, refused } from './ending.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import { type FileIdentity, identifyFile } from './identify-file.ts';
import { takesMachine } from './machines.ts';
import type { ErrnoName, FaultCode } from './outcome.ts';
import { HEAD_SIZE } from './script.ts';
import type { SettledHost } from './settle-host.ts';

const ENOUGH = 4096;

/** What an opened file is; null for one outside the container. */
export function* identify(file: OpenedFile): TreeProgram<{ head: Uint8Array; identity: FileIdentity } | null> {
  if (file.path === null) return null;
  const head = yield* readAt(file.path, 0, ENOUGH);
  return { head, identity: identifyFile(head, file.size) };
}

const WRONG_ARCH: Record<Role, FaultCode> = {
  entrypoint: 'wrong-arch-binary',
  interpreter: 'interpreter-wrong-arch',
  handler: 'emulation-broken',
  loader: 'loader-wrong-arch',
};

/** Whether an ELF file is for a machine that none of the host's ELF loaders takes. */
function isForeign(head: Uint8Array, host: SettledHost): boolean {
  const buffer = padded(head, HEAD_SIZE);
  const handler = host.handlers.find((each) => takesMachine(each, buffer));
  if (!handler) return true;
  // x32 and its like: the machine is right, but the file is laid out for the other width.
  const claimed = claimedLayout(buffer);
  return handler.bits !== claimed.bits && parseHeader(buffer, claimed).phentsize === (claimed.bits === 32 ? 32 : 56);
}

function elfFault(head: Uint8Array, host: SettledHost, role: Role): [FaultCode, string] {
  if (head.length < headerSize(claimedLayout(head))) return ['truncated-binary', 'the file ends within its header'];
  if (isForeign(head, host)) return [WRONG_ARCH[role], `the host is ${host.platform}, which does not run it`];
  return ['truncated-binary', 'its headers are damaged or cut off'];
}

function textFault(head: Uint8Array, kind: FileIdentity['kind']): [FaultCode, string] {
  const firstLine = decodeText(head.subarray(0, HEAD_SIZE)).split('\n')[0] ?? '';
  if (kind === 'script') {
    return firstLine.endsWith('\r')
      ? ['script-crlf', 'its #! line is too long and ends with CR LF']
      : ['script-no-shebang', 'its #! line names no interpreter within the 256 bytes that the kernel reads'];
  }
  return firstLine.includes('#!')
    ? ['script-no-shebang', 'the #! does not stand in its first two bytes']
    : ['script-no-shebang', 'it has no #! line, so the kernel does not know what should run it'];
}

function contentFault(head: Uint8Array, identity: FileIdentity, host: SettledHost, role: Role): [FaultCode, string] {
  if (identity.kind === 'empty') return ['empty-file', 'there is nothing to run'];
  if (identity.kind === 'elf' && isElf(head)) return elfFault(head, host, role);
  if (role === 'loader') return ['foreign-format', 'a loader must be an ELF program, and no script'];
  if (identity.kind === 'script' || identity.kind === 'text') return textFault(head, identity.kind);
  return ['foreign-format', 'the kernel runs ELF programs and scripts with a #! line'];
}

/** The kernel refuses a file for what is in it. `why` takes the place of the reason that its identity suggests. */
export function* refuseContent(
  errno: ErrnoName,
  file: OpenedFile,
  role: Role,
  context: ExecContext,
  why: string | null = null,
): TreeProgram<Ending> {
  const known = yield* identify(file);
  if (!known) return refused(errno, file.name, 'emulation-broken', `${file.name} cannot be run by the kernel.`, null);
  const { identity } = known;
  const [fault, reason] = contentFault(known.head, identity, context.host, role);
  const judged = role === 'handler' ? 'emulation-broken' : fault;
  return refused(errno, file.name, judged, `${file.name} is ${identity.what}: ${why ?? reason}.`, identity.what);
}
