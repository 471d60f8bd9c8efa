/** Bytes of a file that were kept. */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Copies what a piece and some bytes at an offset of the same file have in common into the piece. */
export function copyOverlap(bytes: Uint8Array, offset: number, piece: Piece): void {
  const from = Math.max(offset, piece.offset);
  const to = Math.min(offset + bytes.length, piece.offset + piece.bytes.length);
  if (from < to) piece.bytes.set(bytes.subarray(from - offset, to - offset), from - piece.offset);
}

/** Pieces in order, those that overlap or touch made one. */
export function mergePieces(pieces: readonly Piece[]): readonly Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces.toSorted((a, b) => a.offset - b.offset)) {
    const last = merged.at(-1);
    const end = last ? last.offset + last.bytes.length : -1;
    if (last === undefined || piece.offset > end) {
      merged.push(piece);
      continue;
    }
    const more = piece.bytes.subarray(Math.min(end - piece.offset, piece.bytes.length));
    if (more.length === 0) continue;
    const bytes = new Uint8Array(last.bytes.length + more.length);
    bytes.set(last.bytes);
    bytes.set(more, last.bytes.length);
    merged[merged.length - 1] = { offset: last.offset, bytes };
  }
  return merged;
}

/** Cuts a stretch of a file out of pieces of it; null when none holds all of it. */
export function cutFrom(pieces: readonly Piece[], offset: number, length: number): Uint8Array | null {
  for (const piece of pieces) {
    const start = offset - piece.offset;
    if (start >= 0 && start + length <= piece.bytes.length) return piece.bytes.slice(start, start + length);
  }
  return null;
}
