import {
  ET_DYN,
  machineOf,
  PF_W,
  type ProgramHeader,
  PT_LOAD,
  parseHeader,
  parseProgramHeaders,
  programHeaderSize,
} from '../../src/kernel/elf.ts';
import { DIALECTS, type Dialect } from './dialects.ts';

function dialectOf(bytes: Uint8Array, arch: string): Dialect | undefined {
  const kinds = (DIALECTS[arch] ?? []).filter((kind) => machineOf(bytes, kind.little) === kind.machine);
  return kinds.find((kind) => bytes[4] === (kind.bits === 64 ? 2 : 1)) ?? kinds[0];
}

function loadsOf(bytes: Uint8Array, kind: Dialect): readonly ProgramHeader[] {
  if (bytes.length < 64) return [];
  const { phoff, phnum } = parseHeader(bytes, kind);
  if (phoff > BigInt(bytes.length)) return [];
  const table = bytes.subarray(Number(phoff), Number(phoff) + phnum * programHeaderSize(kind));
  return parseProgramHeaders(table, kind).filter(({ type }) => type === PT_LOAD);
}

/** Sizes of memory of which a guest has neither surely enough nor surely too little. */
const SMALL = 1n << 28n;
const LARGE = 1n << 38n;

const span = (loads: readonly ProgramHeader[]) => {
  const low = loads.reduce((least, { vaddr }) => (vaddr < least ? vaddr : least), loads[0]?.vaddr ?? 0n);
  return loads.reduce((most, { vaddr, memsz }) => (vaddr + memsz > most ? vaddr + memsz : most), 0n) - low;
};

/**
 * Whether it is random that a position-independent program fits: where the search goes on above the stack, it lies right
 * after it, and to align it puts it over the stack, unless the stack happens to end at such an address.
 */
export function fitsByChance(bytes: Uint8Array, arch: string): boolean {
  const kind = ['s390x', 'riscv64'].includes(arch) ? dialectOf(bytes, arch) : undefined;
  if (!kind || bytes.length < 64 || parseHeader(bytes, kind).type !== ET_DYN) return false;
  const loads = loadsOf(bytes, kind);
  return span(loads) >= 1n << 37n && loads.some(({ align }) => align > 4096n);
}

/** Whether a program wants so much private memory that it depends on the guest's whether it gets it. */
export function dependsOnMemory(bytes: Uint8Array, arch: string): boolean {
  const kind = dialectOf(bytes, arch);
  const loads = kind ? loadsOf(bytes, kind) : [];
  const [first] = loads;
  if (!first) return false;
  const sizes = loads.flatMap(({ memsz, filesz, flags }) => [memsz - filesz, flags & PF_W ? filesz : 0n]);
  return [...sizes, first.flags & PF_W ? span(loads) : 0n].some((size) => size >= SMALL && size < LARGE);
}

/**
 * Whether the first instruction of a program is surely the code that ends it with status 0. A program with altered
 * headers may start elsewhere, in bytes that were never meant as code, and then end in any way.
 */
export function startsWithItsCode(bytes: Uint8Array, arch: string, page: bigint): boolean {
  if (bytes.length < 64) return false;
  const kind = dialectOf(bytes, arch);
  if (!kind) return false;
  const { entry } = parseHeader(bytes, kind);
  const down = (value: bigint) => value - (value % page);
  const segment = loadsOf(bytes, kind).findLast(
    ({ vaddr, memsz }) => entry >= down(vaddr) && memsz > 0n && entry < down(vaddr + memsz + page - 1n),
  );
  if (!segment) return false;
  const at = entry - segment.vaddr + segment.offset;
  const end = segment.offset + segment.filesz;
  if (at < 0n || at + BigInt(kind.code.length) > (end < BigInt(bytes.length) ? end : BigInt(bytes.length)))
    return false;
  return kind.code.every((byte, i) => bytes[Number(at) + i] === byte);
}
