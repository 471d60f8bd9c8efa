import { LayerFault } from './layer-fault.ts';

/** One header block of a tar archive (POSIX ustar, GNU), before extended headers are applied. */
export interface TarHeader {
  readonly type: string;
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Old GNU sparse files: more header blocks follow. */
  readonly extended: boolean;
  /** Of old GNU sparse files: the size with the holes. Null for all others. */
  readonly sparseSize: number | null;
}

export const BLOCK = 512;
const SPARSE = 0x53;

/** Reads a header block; null when it is all zero. Throws LayerFault when it is none. */
export function parseTarHeader(block: Uint8Array): TarHeader | null {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
  if (bytes.every((byte) => byte === 0)) return null;
  if (!checksumFits(bytes)) throw new LayerFault('invalid', 'it is no tar archive, or a damaged one');
  const isGnu = bytes.toString('latin1', 257, 265) === 'ustar  \0';
  const isUstar = !isGnu && bytes.toString('latin1', 257, 262) === 'ustar';
  const prefix = isUstar ? textAt(bytes, 345, 155) : '';
  const name = textAt(bytes, 0, 100);
  return {
    type: String.fromCharCode(bytes[156] || 0x30),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textAt(bytes, 157, 100),
    mode: numberAt(bytes, 100, 8) & 0o7777,
    uid: numberAt(bytes, 108, 8),
    gid: numberAt(bytes, 116, 8),
    size: numberAt(bytes, 124, 12),
    extended: isGnu && bytes[156] === SPARSE && bytes[482] === 1,
    sparseSize: isGnu && bytes[156] === SPARSE ? numberAt(bytes, 483, 12) : null,
  };
}

/** Historic archives summed signed bytes. The field itself counts as blanks. */
function checksumFits(bytes: Buffer): boolean {
  let unsigned = 0;
  let signed = 0;
  for (const [at, byte] of bytes.entries()) {
    const value = at >= 148 && at < 156 ? 0x20 : byte;
    unsigned += value;
    signed += value > 127 ? value - 256 : value;
  }
  const stated = numberAt(bytes, 148, 8);
  return stated === unsigned || stated === signed;
}

function textAt(bytes: Buffer, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** Octal digits, or a big-endian number behind a set top bit (GNU). Throws LayerFault on a negative or huge one. */
function numberAt(bytes: Buffer, offset: number, length: number): number {
  const field = bytes.subarray(offset, offset + length);
  const first = field[0] ?? 0;
  let value = Number.NaN;
  if (first & 0x80) {
    value = first & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
  } else {
    const digits = field.toString('latin1').replace(/\0.*$/s, '').trim();
    value = digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  }
  if (Number.isSafeInteger(value)) return value;
  throw new LayerFault('invalid', 'its tar archive has a header with a number that cannot be');
}
