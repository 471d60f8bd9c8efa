import type { AddressSpace } from './address-space.ts';
import { ET_DYN } from './elf.ts';
import { type Image, loadsOf } from './elf-image.ts';
import { type Ending, type ExecContext, killed, type OpenedFile } from './ending.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import {
  type Death,
  type FirstInstruction,
  firstInstruction,
  SIGSEGV,
  UNMAPPED,
  zerosAreHarmless,
  zerosDeath,
} from './first-instruction.ts';
import { identify } from './judge-content.ts';
import { type MappingRules, mapProgram } from './map-program.ts';
import { memoryLayout } from './memory-layout.ts';
import type { OpenedElf } from './open-elf.ts';
import type { FaultCode } from './outcome.ts';
import type { SettledHost } from './settle-host.ts';

function rulesOf(host: SettledHost, elf: OpenedElf, page: bigint): MappingRules {
  return {
    layout: memoryLayout(host, elf.handler, page),
    reportsFilling: host.atLeast(6, 7),
  };
}

/** Whether the file ends before a segment's part of it does. */
export function isCutOff(image: Image): boolean {
  return loadsOf(image).some((load) => load.filesz > 0n && load.offset + load.filesz > image.fileSize);
}

/** A death, and the file that is to blame; the status is null where it is random. */
interface Blamed {
  readonly exit: number | null;
  readonly why: string;
  readonly of: OpenedFile;
  readonly image: Image;
}

/** ELFv1 on ppc64: the entry point is the address of a descriptor, which little-endian programs do not have. */
const isOldAbi = (host: SettledHost, image: Image) => host.arch === 'ppc64le' && (image.header.flags & 3) !== 2;

/** The shortest instruction that zero bytes make is two bytes on x86, riscv64 and s390x, four elsewhere. */
const shortest = (host: SettledHost) => (['arm64', 'arm', 'ppc64le', 'ppc64', 'loong64'].includes(host.arch) ? 4 : 2);

/** How far a program is followed through instructions that do nothing. Bytes. */
const FOLLOWED = 1n << 18n;

/** How many zero bytes stand at an offset, of `length` at most; past the end of the file there are only zeros. */
function* zerosAt(path: string, offset: bigint, length: number): TreeProgram<number> {
  const bytes = yield* readAt(path, Number(offset), length);
  const end = bytes.findIndex((byte) => byte !== 0);
  return end < 0 ? length : end;
}

/** How many zero bytes the program finds where it goes on; enough of them to know what they do. */
function* zerosBefore(
  first: FirstInstruction,
  pathOf: (image: Image) => string | null,
  page: bigint,
  enough: number | null,
): TreeProgram<number> {
  if (first.kind !== 'bytes') return enough ?? 0;
  const path = pathOf(first.image);
  return path === null ? 0 : yield* zerosAt(path, first.offset, enough ?? Number(page - (first.offset % page)));
}

/** The death of a program from an address on, or null when it runs instructions that do something. */
function* deathFrom(
  { space, entry }: { space: AddressSpace; entry: bigint },
  elf: OpenedElf,
  pathOf: (image: Image) => string | null,
  host: SettledHost,
): TreeProgram<Death | null> {
  const { handler, main } = elf;
  const harmless = zerosAreHarmless(handler);
  const least = shortest(host);
  for (let at = entry; at < entry + FOLLOWED; ) {
    const first = firstInstruction(space, at, main, handler, host);
    if (first.kind === 'death') return first.death;
    if (harmless && first.kind === 'zeros') {
      at = first.until;
      continue;
    }
    const zeros = yield* zerosBefore(first, pathOf, space.layout.page, harmless ? null : least);
    if (zeros < least) return null;
    if (!harmless) return zerosDeath(host, first.flags);
    at += BigInt(zeros - (zeros % least));
  }
  return null;
}

function* deathUnder(page: bigint, file: OpenedFile, elf: OpenedElf, host: SettledHost): TreeProgram<Blamed | null> {
  const { main, loader } = elf;
  const [of, image] = loader ? [loader.file, loader.image] : [file, main];
  const mapped = mapProgram(main, loader?.image ?? null, rulesOf(host, elf, page));
  if ('fault' in mapped) {
    const blamed = mapped.of === 'main' ? { of: file, image: main } : { of, image };
    return { exit: SIGSEGV, why: mapped.fault, ...blamed };
  }
  if (isOldAbi(host, main)) return { exit: SIGSEGV, why: 'its e_flags do not say ELFv2', of: file, image: main };
  const pathOf = (each: Image) => (each === main ? file : of).path;
  const death = yield* deathFrom(mapped, elf, pathOf, host);
  if (!death) return null;
  // Beside a position-independent program lies what the kernel put there: vvar, whose pages end in SIGBUS, the vDSO.
  const atRandom = death.why === UNMAPPED && image.header.type === ET_DYN && loadsOf(image).length > 0;
  return { ...death, exit: atRandom ? null : death.exit, of, image };
}

/** Maps the program and looks at its first instruction. A signal, or null when the program gets control. */
export function* deathOf(file: OpenedFile, elf: OpenedElf, context: ExecContext): TreeProgram<Ending | null> {
  const { host } = context;
  const death = yield* deathUnder(host.page, file, elf, host);
  if (!death) return null;
  const identity = (yield* identify(death.of))?.identity;
  const onSmallPages = host.page > 4096n && (yield* deathUnder(4096n, file, elf, host)) === null;
  let fault: FaultCode = 'not-exec-format';
  if (onSmallPages) fault = 'page-size';
  else if (isCutOff(death.image)) fault = 'truncated-binary';
  else if (identity?.what.includes('shared object') && death.of === file) fault = 'foreign-format';
  const what = identity?.what ?? null;
  const because = `${death.of.name} is ${what ?? 'a program'} and is killed by a signal when it starts: ${death.why}.`;
  return killed(death.of.name, death.exit, fault, because, what);
}
