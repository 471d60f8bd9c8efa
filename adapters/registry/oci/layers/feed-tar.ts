import { LayerFault } from './layer-fault.ts';
import { type TarWalk, type VisitEntry, walkTar } from './walk-tar.ts';

const NOTHING = Buffer.alloc(0);

/** Gives a walk through a tar archive its bytes, chunk by chunk. Chunks may be cut anywhere; they are not kept. */
export class TarFeed {
  readonly #walk: TarWalk;
  #turn: ReturnType<TarWalk['next']>;
  /** What has come of bytes that are wanted at once, but did not come at once. */
  #collected = NOTHING;
  #filled = 0;
  /** How many have come of bytes that are wanted as they come. */
  #passed = 0;

  constructor(visit: VisitEntry) {
    this.#walk = walkTar(visit);
    this.#turn = this.#walk.next();
  }

  /** False once the archive has ended; what follows is padding. Throws LayerFault. */
  write(chunk: Buffer): boolean {
    let at = 0;
    while (!this.#turn.done) {
      const ask = this.#turn.value;
      // What asks for nothing is answered without bytes.
      if (at === chunk.length && (typeof ask === 'number' ? ask : ask.length) > 0) break;
      at += typeof ask === 'number' ? this.#takeAtOnce(chunk, at, ask) : this.#pass(chunk, at, ask.length, ask.take);
    }
    return !this.#turn.done;
  }

  /** Says that nothing more comes. Throws LayerFault when the archive is not at an end. */
  end(): void {
    if (this.#turn.done) return;
    const isBetween = this.#filled === 0 && typeof this.#turn.value === 'number';
    if (!isBetween || !this.#walk.next(null).done) throw new LayerFault('invalid', 'its tar archive is cut off');
  }

  /** How many bytes of the chunk were taken. */
  #takeAtOnce(chunk: Buffer, at: number, wanted: number): number {
    if (this.#filled === 0 && chunk.length - at >= wanted) {
      this.#turn = this.#walk.next(chunk.subarray(at, at + wanted));
      return wanted;
    }
    if (this.#filled === 0) this.#collected = Buffer.allocUnsafe(wanted);
    const step = chunk.copy(this.#collected, this.#filled, at, Math.min(at + wanted - this.#filled, chunk.length));
    this.#filled += step;
    if (this.#filled === wanted) {
      this.#filled = 0;
      this.#turn = this.#walk.next(this.#collected);
    }
    return step;
  }

  #pass(chunk: Buffer, at: number, length: number, take: ((bytes: Buffer) => void) | null): number {
    const step = Math.min(length - this.#passed, chunk.length - at);
    if (step > 0) take?.(chunk.subarray(at, at + step));
    this.#passed += step;
    if (this.#passed === length) {
      this.#passed = 0;
      this.#turn = this.#walk.next(NOTHING);
    }
    return step;
  }
}
