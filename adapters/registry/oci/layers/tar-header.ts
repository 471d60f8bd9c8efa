import { LayerFault } from './layer-fault.ts';
import { oldGnuPairs } from './sparse-map.ts';

/** One header block of a tar archive (POSIX ustar, GNU), before extended headers are applied. */
export interface TarHeader {
  readonly type: string;
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Of old GNU sparse files; null for all others. */
  readonly sparse: OldGnuSparse | null;
}

export interface OldGnuSparse {
  /** With the holes. */
  readonly size: number;
  /** Pairs of offset and length, as far as they stand in this block. */
  readonly pairs: readonly number[];
  /** More blocks with pairs follow. */
  readonly continued: boolean;
}

export const BLOCK = 512;
const SPARSE = 0x53;
/** Where the checksum stands. */
const SUM = 148;
const PAIRS_IN_HEADER = 4;
const PAIRS_IN_BLOCK = 21;

/** Whether a block is all zero. */
export function isZeroBlock(block: Buffer): boolean {
  if (block[0] !== 0) return false;
  for (let at = 1; at < block.length; at++) if (block[at] !== 0) return false;
  return true;
}

/** Reads a header block. Throws LayerFault when it is none. */
export function parseTarHeader(bytes: Buffer): TarHeader {
  if (!checksumFits(bytes)) throw new LayerFault('invalid', 'it is no tar archive, or a damaged one');
  const magic = bytes.toString('latin1', 257, 265);
  const isGnu = magic === 'ustar  \0';
  const prefix = !isGnu && magic.startsWith('ustar') && bytes[345] !== 0 ? textAt(bytes, 345, 155) : '';
  const name = textAt(bytes, 0, 100);
  return {
    type: String.fromCharCode(bytes[156] || 0x30),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: bytes[157] === 0 ? '' : textAt(bytes, 157, 100),
    mode: numberAt(bytes, 100, 8) & 0o7777,
    uid: numberAt(bytes, 108, 8),
    gid: numberAt(bytes, 116, 8),
    size: numberAt(bytes, 124, 12),
    sparse: isGnu && bytes[156] === SPARSE ? oldGnuSparse(bytes) : null,
  };
}

function oldGnuSparse(bytes: Buffer): OldGnuSparse {
  const pairs = [...numbersOf(bytes, 386, PAIRS_IN_HEADER)];
  return { size: numberAt(bytes, 483, 12), pairs, continued: bytes[482] === 1 };
}

/** The pairs of a block that continues an old GNU sparse header. */
export function parseSparseBlock(bytes: Buffer): { pairs: readonly number[]; continued: boolean } {
  return { pairs: [...numbersOf(bytes, 0, PAIRS_IN_BLOCK)], continued: bytes[504] === 1 };
}

function* numbersOf(bytes: Buffer, from: number, count: number): Generator<number> {
  for (const [offset, length] of oldGnuPairs(bytes, from, count)) {
    yield numberAt(offset, 0, 12);
    yield numberAt(length, 0, 12);
  }
}

/** Historic archives summed signed bytes. The field itself counts as blanks. */
function checksumFits(bytes: Buffer): boolean {
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let at = 0; at < BLOCK; at++) {
    if (at === SUM) at += 8;
    const byte = bytes[at] as number;
    unsigned += byte;
    if (byte > 127) high++;
  }
  // What has no number there is no header at all.
  const stated = octalAt(bytes, SUM, 8);
  return stated === unsigned || stated === unsigned - 256 * high;
}

function textAt(bytes: Buffer, offset: number, length: number): string {
  const end = bytes.indexOf(0, offset);
  return bytes.toString('utf8', offset, end < 0 || end > offset + length ? offset + length : end);
}

/** Octal digits, or a big-endian number behind a set top bit (GNU). Throws LayerFault on a negative or huge one. */
function numberAt(bytes: Buffer, offset: number, length: number): number {
  const first = bytes[offset] as number;
  const value = first & 0x80 ? binaryAt(bytes, offset, length) : octalAt(bytes, offset, length);
  if (Number.isSafeInteger(value)) return value;
  throw new LayerFault('invalid', 'its tar archive has a header with a number that cannot be');
}

/** The bit below the top one is the sign. */
function binaryAt(bytes: Buffer, offset: number, length: number): number {
  const first = bytes[offset] as number;
  if (first & 0x40) return Number.NaN;
  let value = first & 0x3f;
  for (let at = offset + 1; at < offset + length; at++) value = value * 256 + (bytes[at] as number);
  return value;
}

/** Digits between blanks, up to a NUL; nothing at all is 0. */
function octalAt(bytes: Buffer, offset: number, length: number): number {
  let at = offset;
  const end = offset + length;
  while (at < end && bytes[at] === 0x20) at++;
  let value = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  while (at < end && bytes[at] === 0x20) at++;
  return at === end || bytes[at] === 0 ? value : Number.NaN;
}
