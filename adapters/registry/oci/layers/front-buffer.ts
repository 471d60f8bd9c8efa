/** Bytes of a file's beginning that are kept for as long as the file streams by. Used for one file after the other. */
export class FrontBuffer {
  readonly #most: number;
  #bytes: Buffer = Buffer.alloc(64 * 1024);
  #length = 0;

  /** Keeps at most `most` bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** Begins with another file. */
  clear(): void {
    this.#length = 0;
  }

  /** Appends what stands at an offset; a gap before it is zero. What lies beyond the bound is left out. */
  add(bytes: Buffer, offset: number): void {
    this.fillTo(offset);
    if (this.#length < offset) return;
    const length = Math.min(bytes.length, this.#most - offset);
    this.#grow(offset + length);
    bytes.copy(this.#bytes, offset, 0, length);
    this.#length = offset + length;
  }

  /** Fills up with zeros. */
  fillTo(offset: number): void {
    const to = Math.min(offset, this.#most);
    if (this.#length >= to) return;
    this.#grow(to);
    this.#bytes.fill(0, this.#length, to);
    this.#length = to;
  }

  /** What is kept between two offsets; valid until the next change. */
  between(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, Math.min(to, this.#length));
  }

  #grow(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.min(Math.max(length, 2 * this.#bytes.length), this.#most));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
