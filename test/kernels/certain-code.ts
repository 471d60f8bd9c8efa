import { machineOf, PT_LOAD, parseHeader, parseProgramHeaders, programHeaderSize } from '../../src/kernel/elf.ts';
import { DIALECTS, type Dialect } from './dialects.ts';

function dialectOf(bytes: Uint8Array, arch: string): Dialect | undefined {
  const kinds = (DIALECTS[arch] ?? []).filter((kind) => machineOf(bytes, kind.little) === kind.machine);
  return kinds.find((kind) => bytes[4] === (kind.bits === 64 ? 2 : 1)) ?? kinds[0];
}

/**
 * Whether the first instruction of a program is surely the code that ends it with status 0. A program with altered
 * headers may start elsewhere, in bytes that were never meant as code, and then end in any way.
 */
export function startsWithItsCode(bytes: Uint8Array, arch: string, page: bigint): boolean {
  if (bytes.length < 64) return false;
  const kind = dialectOf(bytes, arch);
  if (!kind) return false;
  const { entry, phoff, phnum } = parseHeader(bytes, kind);
  if (phoff > BigInt(bytes.length)) return false;
  const table = bytes.subarray(Number(phoff), Number(phoff) + phnum * programHeaderSize(kind));
  const down = (value: bigint) => value - (value % page);
  const segment = parseProgramHeaders(table, kind).findLast(
    ({ type, vaddr, memsz }) =>
      type === PT_LOAD && entry >= down(vaddr) && memsz > 0n && entry < down(vaddr + memsz + page - 1n),
  );
  if (!segment) return false;
  const at = entry - segment.vaddr + segment.offset;
  const end = segment.offset + segment.filesz;
  if (at < 0n || at + BigInt(kind.code.length) > (end < BigInt(bytes.length) ? end : BigInt(bytes.length))) return false;
  return kind.code.every((byte, i) => bytes[Number(at) + i] === byte);
}
