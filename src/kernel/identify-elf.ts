import { decodeText, untilNul, viewOf } from './bytes.ts';
import {
  claimedLayout,
  ET_CORE,
  ET_DYN,
  ET_EXEC,
  ET_REL,
  headerSize,
  machineOf,
  type ProgramHeader,
  PT_DYNAMIC,
  PT_INTERP,
  parseHeader,
  parseProgramHeaders,
  programHeaderSize,
} from './elf.ts';
import { machineName } from './machines.ts';

const CLASSES: Readonly<Record<number, string>> = { 1: '32-bit', 2: '64-bit' };
const ORDERS: Readonly<Record<number, string>> = { 1: 'LSB', 2: 'MSB' };

/** The program headers, if all of them lie within what was read. */
function headersWithin(head: Uint8Array): readonly ProgramHeader[] | null {
  const layout = claimedLayout(head);
  if (head.length < headerSize(layout)) return null;
  const header = parseHeader(head, layout);
  const end = Number(header.phoff) + header.phnum * programHeaderSize(layout);
  if (header.phnum === 0 || end > head.length) return null;
  return parseProgramHeaders(head.subarray(Number(header.phoff), end), layout);
}

function linkage(head: Uint8Array, headers: readonly ProgramHeader[]): string {
  const interpreter = headers.find((header) => header.type === PT_INTERP);
  if (!interpreter) {
    return headers.some((header) => header.type === PT_DYNAMIC) ? ', dynamically linked' : ', statically linked';
  }
  const from = Number(interpreter.offset);
  const name = decodeText(untilNul(head.subarray(from, from + Number(interpreter.filesz))));
  return `, dynamically linked${name ? `, interpreter ${name}` : ''}`;
}

function typeName(type: number, headers: readonly ProgramHeader[] | null): string {
  if (type === ET_REL) return 'relocatable';
  if (type === ET_EXEC) return 'executable';
  if (type === ET_CORE) return 'core file';
  if (type !== ET_DYN) return `file of unknown type ${type}`;
  return headers?.some((header) => header.type === PT_INTERP) ? 'pie executable' : 'shared object';
}

/** An ELF file in the style of file(1); the linkage only if its program headers are within `head`. */
export function describeElf(head: Uint8Array): { what: string; relocatable: boolean } {
  const order = [CLASSES[head[4] ?? 0] ?? 'invalid class', ORDERS[head[5] ?? 0] ?? 'invalid byte order'].join(' ');
  if (head.length < 20) return { what: `ELF ${order}, cut off in its header`, relocatable: false };
  const { little } = claimedLayout(head);
  const type = viewOf(head).getUint16(16, little);
  const headers = type === ET_REL ? null : headersWithin(head);
  const what = `ELF ${order} ${typeName(type, headers)}, ${machineName(machineOf(head, little))}`;
  return { what: what + (headers && type !== ET_CORE ? linkage(head, headers) : ''), relocatable: type === ET_REL };
}
