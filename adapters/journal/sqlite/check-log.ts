import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { damagedStore } from './store-error.ts';

// The formats: https://www.sqlite.org/fileformat2.html#walformat and https://www.sqlite.org/walformat.html.
const INDEX_HEADER = 48;
const INDEX_VERSION = 3_007_000;
const BACKFILLED_AT = 96;
const LOG_HEADER = 32;
const FRAME_HEADER = 24;
const LOG_MAGIC = 0x377f0682;

/** Another process may begin the log anew while it is read; then it is read again. */
const ATTEMPTS = 5;

/**
 * Throws StoreError when the write-ahead log beside a store lacks what was committed to it. SQLite itself takes a log that is missing
 * or spoilt for an empty one, and what was stored last would be gone without a word. What the log must have stands in
 * its index (-shm), which an ended process leaves behind.
 */
export function checkLog(path: string): void {
  for (let attempt = 0; ; attempt += 1) {
    const index = read(`${path}-shm`);
    const wanted = committedFrames(index);
    const log = read(`${path}-wal`);
    if (log.length === 0 && wanted === null) {
      checkEnd(path);
      return;
    }
    const broken = log.length >= LOG_HEADER && !isLog(log);
    if (!broken && (wanted === null || validFrames(log, wanted.salts) >= wanted.frames)) return;
    if (attempt < ATTEMPTS && !read(`${path}-shm`).equals(index)) continue;
    const how = log.length === 0 ? 'missing' : 'spoilt or too short';
    throw damagedStore(path, `Its write-ahead log ${path}-wal, which has what was stored last, is ${how}.`);
  }
}

/** Without a log a store ends where a page does; SQLite would fill the last one up with zeros. */
function checkEnd(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    const header = Buffer.alloc(18);
    readSync(descriptor, header, 0, header.length, 0);
    const said = header.readUInt16BE(16);
    // The header's word for 65,536 is 1; what is no size of pages is no store, which SQLite says better.
    const page = said === 1 ? 65_536 : said;
    if (page >= 512 && fstatSync(descriptor).size % page !== 0)
      throw damagedStore(path, 'It is cut off within a page.');
  } finally {
    closeSync(descriptor);
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** How many frames are committed and not yet all in the store itself; null when the index asks for none. */
function committedFrames(index: Buffer): { readonly frames: number; readonly salts: Buffer } | null {
  if (index.length < BACKFILLED_AT + 4) return null;
  const copies = [index.subarray(0, INDEX_HEADER), index.subarray(INDEX_HEADER, 2 * INDEX_HEADER)] as const;
  const number = (at: number) => (endianness() === 'LE' ? index.readUInt32LE(at) : index.readUInt32BE(at));
  // A process that ended while it wrote the header leaves two that differ; SQLite then makes the index anew, too.
  if (!copies[0].equals(copies[1]) || number(0) !== INDEX_VERSION || index[12] === 0) return null;
  const frames = number(16);
  return frames > number(BACKFILLED_AT) ? { frames, salts: index.subarray(32, 40) } : null;
}

function isLog(log: Buffer): boolean {
  const magic = log.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== LOG_MAGIC) return false;
  const [first, second] = checksum(log.subarray(0, 24), isBigEndian(log), [0, 0]);
  return first === log.readUInt32BE(24) && second === log.readUInt32BE(28);
}

/** Frames from the first on whose salts and running checksum are right. */
function validFrames(log: Buffer, salts: Buffer): number {
  if (log.length < LOG_HEADER || !log.subarray(16, 24).equals(salts)) return 0;
  const page = log.readUInt32BE(8);
  let sums: readonly [number, number] = [log.readUInt32BE(24), log.readUInt32BE(28)];
  let frames = 0;
  for (let at = LOG_HEADER; at + FRAME_HEADER + page <= log.length; at += FRAME_HEADER + page) {
    const header = log.subarray(at, at + FRAME_HEADER);
    if (!header.subarray(8, 16).equals(salts)) break;
    sums = checksum(header.subarray(0, 8), isBigEndian(log), sums);
    sums = checksum(log.subarray(at + FRAME_HEADER, at + FRAME_HEADER + page), isBigEndian(log), sums);
    if (header.readUInt32BE(16) !== sums[0] || header.readUInt32BE(20) !== sums[1]) break;
    frames += 1;
  }
  return frames;
}

const isBigEndian = (log: Buffer) => (log.readUInt32BE(0) & 1) === 1;

function checksum(bytes: Buffer, bigEndian: boolean, [a, b]: readonly [number, number]): [number, number] {
  let [first, second] = [a, b];
  for (let at = 0; at < bytes.length; at += 8) {
    const word = (from: number) => (bigEndian ? bytes.readUInt32BE(from) : bytes.readUInt32LE(from));
    first = (first + word(at) + second) >>> 0;
    second = (second + word(at + 4) + first) >>> 0;
  }
  return [first, second];
}
