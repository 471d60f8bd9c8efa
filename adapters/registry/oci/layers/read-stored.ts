import { decompress } from './decompress.ts';
import { TarFeed } from './feed-tar.ts';
import { copyOverlap, type Piece } from './pieces.ts';

/**
 * Goes through a layer until a stretch of one of its files has come by, and no further. The result is shorter when the
 * layer has no such file any more.
 */
export async function readStored(
  compressed: AsyncIterable<Uint8Array>,
  ordinal: number,
  wanted: { readonly offset: number; readonly length: number },
): Promise<Piece | null> {
  const piece: Piece = { offset: wanted.offset, bytes: new Uint8Array(wanted.length) };
  const end = wanted.offset + wanted.length;
  let found: Piece | null = null;
  const sink = {
    write: (bytes: Buffer, offset: number) => {
      copyOverlap(bytes, offset, piece);
      if (offset + bytes.length >= end) found = piece;
    },
    // A sparse file may end with a hole, which is never written.
    end: () => {
      found = piece;
    },
  };
  const feed = new TarFeed((_entry, at) => (at === ordinal ? sink : null));
  for await (const chunk of decompress(compressed)) {
    if (!feed.write(chunk) || found !== null) break;
  }
  return found;
}
