import { LayerFault } from './layer-fault.ts';

/** Reads exact amounts from chunks as they come; keeps no more than was asked for and the chunk at hand. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #current: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes, valid until the next call; null at the very end. Throws LayerFault when it ends in between. */
  async read(length: number): Promise<Uint8Array | null> {
    if (this.#current.length - this.#at >= length) return this.#take(length);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#at === this.#current.length && !(await this.#advance())) {
        if (filled === 0) return null;
        throw cutOff();
      }
      const part = this.#take(Math.min(length - filled, this.#current.length - this.#at));
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  async skip(length: number): Promise<void> {
    let left = length;
    while (left > 0) {
      if (this.#at === this.#current.length && !(await this.#advance())) throw cutOff();
      const step = Math.min(left, this.#current.length - this.#at);
      this.#at += step;
      left -= step;
    }
  }

  /** Reads on to the end, for whoever counts or hashes the source. */
  async drain(): Promise<void> {
    while (await this.#advance());
  }

  /** Ends the source early. */
  async close(): Promise<void> {
    await this.#chunks.return?.(undefined);
  }

  #take(length: number): Uint8Array {
    const part = this.#current.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  async #advance(): Promise<boolean> {
    const next = await this.#chunks.next();
    this.#current = next.done ? new Uint8Array(0) : next.value;
    this.#at = 0;
    return !next.done;
  }
}

const cutOff = () => new LayerFault('invalid', 'its tar archive is cut off');
