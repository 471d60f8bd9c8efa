import type { LayerEntry } from '../../../../src/image/layer-entry.ts';
import { LayerFault } from './layer-fault.ts';
import { buildListing, type LayerListing } from './layer-listing.ts';
import type { Piece } from './pieces.ts';

/** Writes a listing down as it is made, in the order in which its parts become known. */
export interface RecordWriter {
  add(entry: LayerEntry): void;
  keep(ordinal: number, pieces: readonly Piece[]): void;
  /** The record: numbers as LEB128, texts as UTF-8 after their length. */
  bytes(): Buffer;
}

const KINDS: readonly LayerEntry['kind'][] = ['file', 'directory', 'symlink', 'hardlink', 'other'];
/** In place of an entry's kind: pieces of a file follow; nothing follows. */
const PIECES = 100;
const END = 101;
/** Longest encoding of a number below 2^53. */
const VARINT = 8;

/** A buffer that grows. */
class Output {
  #bytes = Buffer.allocUnsafe(256 * 1024);
  #at = 0;

  number(value: number): void {
    this.#reserve(VARINT);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.number(length);
    this.#reserve(length);
    this.#at += this.#bytes.write(value, this.#at, length, 'utf8');
  }

  raw(value: Uint8Array): void {
    this.number(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

export function writeRecord(): RecordWriter {
  const output = new Output();
  return {
    add: ({ kind, mode, uid, gid, size, path, target }) => {
      for (const value of [KINDS.indexOf(kind), mode, uid, gid, size]) output.number(value);
      output.text(path);
      if (kind === 'symlink' || kind === 'hardlink') output.text(target ?? '');
    },
    keep: (ordinal, pieces) => {
      output.number(PIECES);
      output.number(ordinal);
      output.number(pieces.length);
      for (const { offset, bytes } of pieces) {
        output.number(offset);
        output.raw(bytes);
      }
    },
    bytes: () => {
      output.number(END);
      return output.written();
    },
  };
}

/** Reads what `writeRecord` wrote; kept bytes stay in `bytes`. Throws LayerFault when it is something else. */
export function readRecord(bytes: Buffer): LayerListing {
  const input = new Input(bytes);
  const listing = buildListing();
  for (let tag = input.number(); tag !== END; tag = input.number()) {
    if (tag === PIECES) {
      const ordinal = input.number();
      const pieces: Piece[] = [];
      for (let left = input.number(); left > 0; left--) pieces.push({ offset: input.number(), bytes: input.raw() });
      listing.keep(ordinal, pieces);
    } else listing.add(readEntry(KINDS[tag], input));
  }
  return listing.finish(null);
}

function readEntry(kind: LayerEntry['kind'] | undefined, input: Input): LayerEntry {
  if (kind === undefined) throw damaged();
  const [mode, uid, gid, size] = [input.number(), input.number(), input.number(), input.number()];
  const path = input.text();
  const target = kind === 'symlink' || kind === 'hardlink' ? input.text() : null;
  return { path, kind, mode, uid, gid, size, target };
}

class Input {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < VARINT; count++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw damaged();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw damaged();
  }

  text(): string {
    return this.raw().toString('utf8');
  }

  raw(): Buffer {
    const length = this.number();
    if (length > this.#bytes.length - this.#at) throw damaged();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

const damaged = () => new LayerFault('invalid', 'its listing in the cache is damaged');
