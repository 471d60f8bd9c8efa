import type { AddressSpace } from './address-space.ts';
import { PF_R, PF_W, PF_X, PT_GNU_STACK } from './elf.ts';
import type { Image } from './elf-image.ts';
import type { ElfHandler } from './machines.ts';
import type { SettledHost } from './settle-host.ts';

const EM_ARM = 40;
export const SIGILL = 132;
export const SIGBUS = 135;
export const SIGSEGV = 139;

/** The reason of a death outside of every segment. */
export const UNMAPPED = 'no segment holds its entry point';

/** A death at the first instruction: the status, and the reason. */
export interface Death {
  readonly exit: number;
  readonly why: string;
}

/** What stands at an address: a death, zeros up to an address, or bytes of a file of which it depends what happens. */
export type FirstInstruction =
  | { readonly kind: 'death'; readonly death: Death }
  | { readonly kind: 'zeros'; readonly until: bigint; readonly flags: number }
  | { readonly kind: 'bytes'; readonly image: Image; readonly offset: bigint; readonly flags: number };

const isX86 = (host: SettledHost) => host.arch === 'amd64' || host.arch === '386';

/** x86 and s390 bring the page in before they look at the x permission, so that a page past the end is SIGBUS first. */
const pagesInFirst = (host: SettledHost) => isX86(host) || host.arch === 's390x';

/** Zero bytes: on x86 a store through a null pointer, elsewhere an illegal instruction. */
export const zerosDeath = (host: SettledHost, flags: number): Death => ({
  // ppc64le looks at an illegal instruction once more, as data, which a page without r does not allow.
  exit: isX86(host) || (host.arch === 'ppc64le' && (flags & PF_R) === 0) ? SIGSEGV : SIGILL,
  why: 'there are only zero bytes at its entry point',
});

/** Whether 32-bit programs without PT_GNU_STACK may execute what they may read (elf_read_implies_exec). */
function readIsExecute(host: SettledHost, handler: ElfHandler, main: Image): boolean {
  const asked = ['amd64', '386', 'arm64', 'arm'].includes(host.arch);
  return asked && handler.bits === 32 && !main.segments.some((each) => each.type === PT_GNU_STACK);
}

/** Where the processor really fetches from: some ignore the lowest bits. */
function fetched(host: SettledHost, handler: ElfHandler, entry: bigint): bigint {
  if (handler.machines.includes(EM_ARM)) return entry - (entry % 2n);
  if (host.arch === 'riscv64') return entry - (entry % 2n);
  return host.arch === 'ppc64le' ? entry - (entry % 4n) : entry;
}

/** Whether the processor refuses the entry point once its page is there. */
const isMisaligned = (host: SettledHost, handler: ElfHandler, entry: bigint) =>
  host.arch === 'arm64' && handler.bits === 64 && entry % 4n !== 0n;

const dies = (exit: number, why: string): FirstInstruction => ({ kind: 'death', death: { exit, why } });

/** Whether zero bytes are instructions that do nothing (`andeq r0, r0, r0`; in Thumb `movs r0, r0`). */
export const zerosAreHarmless = (handler: ElfHandler) => handler.machines.includes(EM_ARM);

/** What happens when a mapped program goes on at an address, as far as its pages decide. */
export function firstInstruction(
  space: AddressSpace,
  wanted: bigint,
  main: Image,
  handler: ElfHandler,
  host: SettledHost,
): FirstInstruction {
  const entry = fetched(host, handler, wanted);
  const mapping = space.at(entry);
  if (!mapping) return dies(SIGSEGV, UNMAPPED);
  const { flags, image } = mapping;
  const executable = (flags & PF_X) !== 0 || (readIsExecute(host, handler, main) && (flags & PF_R) !== 0);
  const offset = mapping.offset + entry - mapping.start;
  const pastEnd = image !== null && offset - (offset % space.layout.page) >= image.fileSize;
  const accessible = executable || (pagesInFirst(host) && (flags & (PF_R | PF_W | PF_X)) !== 0);
  if (pastEnd && accessible) return dies(SIGBUS, 'the file ends before the page that holds its entry point');
  if (!executable) return dies(SIGSEGV, 'its entry point lies in a segment that is not executable');
  if (isMisaligned(host, handler, entry)) return dies(SIGBUS, 'its entry point is no multiple of 4');
  if (image === null) return { kind: 'zeros', until: mapping.end, flags };
  const filled = mapping.zeros.find(([from, to]) => entry >= from && entry < to);
  if (filled) return { kind: 'zeros', until: filled[1], flags };
  const { page } = space.layout;
  if (offset >= image.fileSize) return { kind: 'zeros', until: entry - (entry % page) + page, flags };
  return { kind: 'bytes', image, offset, flags };
}
