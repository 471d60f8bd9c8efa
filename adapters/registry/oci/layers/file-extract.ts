import { isElf } from '../../../../src/kernel/elf.ts';
import { type ByteRange, type ElfPlan, planElf } from './elf-ranges.ts';
import type { FrontBuffer } from './front-buffer.ts';
import { copyOverlap, mergePieces, type Piece } from './pieces.ts';
import type { ContentSink } from './walk-tar.ts';

/** Of what may be executed the kernel model asks for the first page at most, of scripts and of programs alike. */
export const HEAD = 4096;
/** The tables that PT_DYNAMIC speaks of mostly stand before it; so much of a file's beginning is at hand for them. */
export const FRONT = 4 * 1024 ** 2;

/**
 * Cuts out of one file, while it streams by, what execve(2) and the dynamic loader look at: the head, and of an ELF file
 * its loader's name, notes, entry point, dynamic section, names and versions, wherever they stand. What it cannot keep
 * it leaves out.
 */
export class FileExtract implements ContentSink {
  readonly #size: number;
  readonly #head: number;
  readonly #front: FrontBuffer;
  readonly #done: (pieces: readonly Piece[]) => void;
  readonly #pieces: Piece[] = [];
  /** Pieces whose bytes have not all come by. */
  #pending: Piece[] = [];
  #position = 0;
  /** The next offset up to which there must be bytes for a decision, and the decision. */
  #milestone: { readonly at: number; readonly decide: () => void } | null;

  /** Keeps the first `head` bytes of any file. `done` is given pieces in order that do not overlap. */
  constructor(size: number, head: number, front: FrontBuffer, done: (pieces: readonly Piece[]) => void) {
    this.#size = size;
    this.#head = head;
    this.#front = front;
    this.#done = done;
    front.clear();
    this.#milestone = { at: Math.min(HEAD, size), decide: () => this.#readHead() };
  }

  write(bytes: Buffer, offset: number): void {
    let at = 0;
    while (at < bytes.length) {
      const stop = this.#milestone;
      const until = stop ? Math.min(bytes.length, Math.max(stop.at - offset, at)) : bytes.length;
      if (until > at) this.#advance(bytes.subarray(at, until), offset + at);
      else this.#reachMilestone();
      at = until;
    }
  }

  end(): void {
    while (this.#milestone !== null) this.#reachMilestone();
    this.#done(mergePieces(this.#pieces));
  }

  #advance(bytes: Buffer, offset: number): void {
    // After the last decision nothing is looked up at the front any more.
    if (this.#milestone !== null) this.#front.add(bytes, offset);
    this.#position = offset + bytes.length;
    if (this.#pending.length === 0) return;
    for (const piece of this.#pending) copyOverlap(bytes, offset, piece);
    this.#pending = this.#pending.filter((piece) => endOf(piece) > this.#position);
  }

  #reachMilestone(): void {
    const stop = this.#milestone;
    if (stop === null) return;
    // What did not come before it is a hole of a sparse file.
    this.#front.fillTo(stop.at);
    this.#position = Math.max(this.#position, stop.at);
    this.#milestone = null;
    stop.decide();
  }

  #readHead(): void {
    const start = this.#front.between(0, HEAD);
    const plan = isElf(start) ? planElf(start, this.#size) : null;
    const head = plan === null ? this.#head : Math.max(this.#head, HEAD);
    if (head > 0) this.#want({ offset: 0, length: head });
    if (plan !== null) this.#followPlan(plan);
  }

  #followPlan(plan: ElfPlan): void {
    for (const range of plan.ranges) this.#want(range);
    const dynamic = plan.dynamic && this.#want(plan.dynamic);
    if (!dynamic) return;
    const readTables = () => {
      for (const range of plan.tables(dynamic.bytes)) this.#want(range);
    };
    this.#milestone = { at: endOf(dynamic), decide: readTables };
  }

  /** Begins a piece with what of it is at hand; null when it lies outside the file or some of it has gone by. */
  #want({ offset, length }: ByteRange): Piece | null {
    const end = Math.min(offset + length, this.#size);
    if (!(offset >= 0 && end > offset)) return null;
    const known = Math.min(this.#position, this.#front.length);
    if (offset < this.#position && Math.min(end, this.#position) > known) return null;
    const piece = { offset, bytes: new Uint8Array(end - offset) };
    if (offset < known) piece.bytes.set(this.#front.between(offset, end));
    this.#pieces.push(piece);
    if (end > this.#position) this.#pending.push(piece);
    return piece;
  }
}

const endOf = ({ offset, bytes }: Piece): number => offset + bytes.length;
