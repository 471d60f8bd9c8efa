import { ET_DYN, PT_GNU_STACK } from './elf.ts';
import {
  type AccessRules,
  entersMain,
  firstInstruction,
  type Image,
  loaderMappingFault,
  loadsOf,
  type MappingRules,
  mainMappingFault,
} from './elf-segments.ts';
import { type Ending, type ExecContext, killed, type OpenedFile } from './ending.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import { identify } from './judge-content.ts';
import type { ElfHandler } from './machines.ts';
import type { OpenedElf } from './open-elf.ts';
import type { FaultCode } from './outcome.ts';
import { type SettledHost, taskSizeOf } from './settle-host.ts';

const SIGILL = 132;
const SIGBUS = 135;
const SIGSEGV = 139;

function rulesOf(host: SettledHost, handler: ElfHandler, page: bigint): MappingRules {
  return {
    page,
    minAddr: host.mmapMinAddr,
    taskSize: taskSizeOf(host, handler),
    fillsEachSegment: host.atLeast(6, 7),
  };
}

/** Whether the file ends before a segment's part of it does. */
export function isCutOff(image: Image): boolean {
  return loadsOf(image).some((load) => load.filesz > 0n && load.offset + load.filesz > image.fileSize);
}

/** Why it dies: the status, where it is certain, and the reason. */
interface Death {
  readonly exit: number | null;
  readonly why: string;
}

const isX86 = (host: SettledHost) => host.arch === 'amd64' || host.arch === '386';

/** Zero bytes: on x86 a store through a null pointer, elsewhere an illegal instruction. */
const zeros = (host: SettledHost): Death => ({
  exit: isX86(host) ? SIGSEGV : SIGILL,
  why: 'there are only zero bytes at its entry point',
});

/** What happens at the first instruction, as far as it is certain; null when there is one to run. */
function* firstDeath(
  file: OpenedFile,
  image: Image,
  rules: MappingRules,
  access: AccessRules,
  host: SettledHost,
): TreeProgram<Death | null> {
  const first = firstInstruction(image, rules, access);
  if (first.kind === 'unmapped') {
    // Beside a position-independent program lies what the kernel put there: vvar, whose pages end in SIGBUS, the vDSO.
    const exit = image.header.type === ET_DYN ? null : SIGSEGV;
    return { exit, why: 'no segment holds its entry point' };
  }
  if (first.kind === 'not-executable')
    return { exit: SIGSEGV, why: 'its entry point lies in a segment that is not executable' };
  if (first.kind === 'past-end')
    return { exit: SIGBUS, why: 'the file ends before the page that holds its entry point' };
  if (first.kind !== 'file') return zeros(host);
  if (file.path === null) return null;
  // The shortest instruction that zero bytes make is two bytes on x86, riscv64 and s390x, four elsewhere.
  const length = ['arm64', 'arm', 'ppc64le', 'ppc64', 'loong64'].includes(host.arch) ? 4 : 2;
  const bytes = yield* readAt(file.path, Number(first.offset), length);
  return bytes.every((byte) => byte === 0) ? zeros(host) : null;
}

/** ELFv1 on ppc64: the entry point is the address of a descriptor, which little-endian programs do not have. */
const isOldAbi = (host: SettledHost, image: Image) => host.arch === 'ppc64le' && (image.header.flags & 3) !== 2;

function* deathUnder(
  rules: MappingRules,
  file: OpenedFile,
  elf: OpenedElf,
  host: SettledHost,
): TreeProgram<(Death & { of: OpenedFile; image: Image }) | null> {
  const { main, loader, handler } = elf;
  const inExec = (of: OpenedFile, image: Image, why: string) => ({ exit: SIGSEGV, why, of, image });
  const mainFault = mainMappingFault(main, rules);
  if (mainFault) return inExec(file, main, mainFault);
  const loaderFault = loader && loaderMappingFault(loader.image, rules);
  if (loaderFault) return inExec(loader.file, loader.image, loaderFault);
  if (isOldAbi(host, main)) return inExec(file, main, 'its e_flags do not say ELFv2');
  const access = {
    readIsExecute: handler.bits === 32 && !main.segments.some((each) => each.type === PT_GNU_STACK),
    pageInFirst: isX86(host),
  };
  if (
    loader &&
    firstInstruction(loader.image, rules, access).kind === 'unmapped' &&
    entersMain(loader.image, main, rules)
  ) {
    const entered = { ...main, header: { ...main.header, entry: loader.image.header.entry } };
    const death = yield* firstDeath(file, entered, rules, access, host);
    return death && { ...death, of: loader.file, image: loader.image };
  }
  const [of, image] = loader ? [loader.file, loader.image] : [file, main];
  const death = yield* firstDeath(of, image, rules, access, host);
  return death && { ...death, of, image };
}

/** Maps the program and looks at its first instruction. A signal, or null when the program gets control. */
export function* deathOf(file: OpenedFile, elf: OpenedElf, context: ExecContext): TreeProgram<Ending | null> {
  const { host } = context;
  const death = yield* deathUnder(rulesOf(host, elf.handler, host.page), file, elf, host);
  if (!death) return null;
  const identity = (yield* identify(death.of))?.identity;
  const onSmallPages =
    host.page > 4096n && (yield* deathUnder(rulesOf(host, elf.handler, 4096n), file, elf, host)) === null;
  let fault: FaultCode = 'not-exec-format';
  if (onSmallPages) fault = 'page-size';
  else if (isCutOff(death.image)) fault = 'truncated-binary';
  else if (identity?.what.includes('shared object') && death.of === file) fault = 'foreign-format';
  const what = identity?.what ?? null;
  const because = `${death.of.name} is ${what ?? 'a program'} and is killed by a signal when it starts: ${death.why}.`;
  return killed(death.of.name, death.exit, fault, because, what);
}
