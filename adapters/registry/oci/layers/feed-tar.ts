import { LayerFault } from './layer-fault.ts';
import { type TarWalk, type VisitEntry, walkTar } from './walk-tar.ts';

/** Gives a walk through an archive its bytes, chunk by chunk. */
export interface TarFeed {
  /** False once the archive has ended; what follows is padding. */
  write(chunk: Buffer): boolean;
  /** Says that nothing more comes. Throws LayerFault when the archive is not at an end. */
  end(): void;
}

const NOTHING = Buffer.alloc(0);

/** Begins a walk through a tar archive. Chunks may be cut anywhere; they are not kept. */
export function feedTar(visit: VisitEntry): TarFeed {
  const walk: TarWalk = walkTar(visit);
  let turn = walk.next();
  let collected = NOTHING;
  let filled = 0;
  let passed = 0;

  /** As much of the chunk as the present question takes; how many bytes that were. */
  const takeExactly = (chunk: Buffer, at: number, wanted: number): number => {
    if (filled === 0 && chunk.length - at >= wanted) {
      turn = walk.next(chunk.subarray(at, at + wanted));
      return wanted;
    }
    if (filled === 0) collected = Buffer.allocUnsafe(wanted);
    const step = chunk.copy(collected, filled, at, Math.min(at + wanted - filled, chunk.length));
    filled += step;
    if (filled < wanted) return step;
    filled = 0;
    turn = walk.next(collected);
    return step;
  };
  const pass = (chunk: Buffer, at: number, length: number, take: ((bytes: Buffer) => void) | null): number => {
    const step = Math.min(length - passed, chunk.length - at);
    if (step > 0) take?.(chunk.subarray(at, at + step));
    passed += step;
    if (passed < length) return step;
    passed = 0;
    turn = walk.next(NOTHING);
    return step;
  };
  return {
    write: (chunk) => {
      let at = 0;
      while (!turn.done) {
        const ask = turn.value;
        // What asks for nothing is answered without bytes.
        if (at === chunk.length && (typeof ask === 'number' ? ask : ask.length) > 0) break;
        at += typeof ask === 'number' ? takeExactly(chunk, at, ask) : pass(chunk, at, ask.length, ask.take);
      }
      return !turn.done;
    },
    end: () => {
      if (turn.done) return;
      if (filled > 0 || typeof turn.value !== 'number') throw new LayerFault('invalid', 'its tar archive is cut off');
      if (!walk.next(null).done) throw new LayerFault('invalid', 'its tar archive is cut off');
    },
  };
}
