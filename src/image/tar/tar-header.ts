import { TarError } from './tar-error.ts';

/** One header block of a tar archive (POSIX ustar, GNU), before extended headers are applied. */
export interface TarHeader {
  readonly type: string;
  readonly name: string;
  readonly linkName: string;
  /** Permission bits (07777). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that follow in the archive. */
  readonly size: number;
  /** Old GNU sparse files: more header blocks follow. */
  readonly extended: boolean;
  /** Of old GNU sparse files: the size with the holes. Null for all others. */
  readonly sparseSize: number | null;
}

/** Bytes of a block: headers take one, contents are padded to whole ones. */
export const BLOCK = 512;
const SPARSE = 0x53;
const CHECKSUM_AT = 148;
const CHECKSUM_END = 156;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads a header block; null when it is all zero. Throws TarError when it is none. */
export function parseTarHeader(block: Uint8Array): TarHeader | null {
  if (block.every((byte) => byte === 0)) return null;
  if (!checksumFits(block)) throw new TarError('it is no tar archive, or a damaged one');
  const isGnu = standsAt(block, 257, 'ustar  \0');
  const isUstar = !isGnu && standsAt(block, 257, 'ustar');
  const prefix = isUstar ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  return {
    type: String.fromCharCode(block[156] || 0x30),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textAt(block, 157, 100),
    mode: numberAt(block, 100, 8) & 0o7777,
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    size: numberAt(block, 124, 12),
    extended: isGnu && block[156] === SPARSE && block[482] === 1,
    sparseSize: isGnu && block[156] === SPARSE ? numberAt(block, 483, 12) : null,
  };
}

function standsAt(block: Uint8Array, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (block[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Historic archives summed signed bytes. The field itself counts as blanks. */
function checksumFits(block: Uint8Array): boolean {
  let unsigned = 0;
  let high = 0;
  for (let at = 0; at < BLOCK; at += 1) {
    const value = at >= CHECKSUM_AT && at < CHECKSUM_END ? 0x20 : (block[at] ?? 0);
    unsigned += value;
    if (value > 127) high += 1;
  }
  const stated = numberIn(block.subarray(CHECKSUM_AT, CHECKSUM_END));
  return stated === unsigned || stated === unsigned - 256 * high;
}

function textAt(block: Uint8Array, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return utf8.decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or a big-endian number behind a set top bit (GNU); NaN for anything else. */
const numberIn = (field: Uint8Array): number => ((field[0] ?? 0) & 0x80 ? binaryNumber(field) : octalNumber(field));

/** Throws TarError on a negative or huge one. */
function numberAt(block: Uint8Array, offset: number, length: number): number {
  const value = numberIn(block.subarray(offset, offset + length));
  if (Number.isSafeInteger(value)) return value;
  throw new TarError('its tar archive has a header with a number that cannot be');
}

function binaryNumber(field: Uint8Array): number {
  let value = (field[0] ?? 0) & 0x7f;
  for (const byte of field.subarray(1)) value = value * 256 + byte;
  return value;
}

function octalNumber(field: Uint8Array): number {
  const digits = String.fromCharCode(...field)
    .replace(/\0.*$/s, '')
    .trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}
