import { crc32, deflateSync } from 'node:zlib';
import { type Pixels, readPng } from './read-png.ts';

const COLOURS = 256;

/**
 * Writes a PNG anew with a palette, which is a third of the size for a page of text: the commonest colours stay as they are,
 * the rest, which edges of letters are made of, become the nearest of them.
 */
export function shrinkPng(file: Buffer): Buffer {
  const image = readPng(file);
  const { palette, indices } = reduce(image);
  const { width, height } = image;
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row += 1)
    rows.set(indices.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    file.subarray(0, 8),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function reduce({ data }: Pixels): { palette: number[]; indices: Uint8Array } {
  const pixels = new Uint32Array(data.length / 3);
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 1) {
    const colour = ((data[at * 3] ?? 0) << 16) | ((data[at * 3 + 1] ?? 0) << 8) | (data[at * 3 + 2] ?? 0);
    pixels[at] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf(counts);
  const places = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  return { palette, indices: Uint8Array.from(pixels, (colour) => places.get(colour) ?? 0) };
}

/** The commonest colour of each of the 256 commonest kinds, so that a small red word has its place beside many greys. */
function paletteOf(counts: ReadonlyMap<number, number>): number[] {
  const kinds = new Map<number, { colour: number; most: number; all: number }>();
  for (const [colour, count] of counts) {
    const kind = colour & 0xf8f8f8;
    const known = kinds.get(kind) ?? { colour, most: 0, all: 0 };
    const more = count > known.most ? { colour, most: count } : {};
    kinds.set(kind, { ...known, ...more, all: known.all + count });
  }
  return [...kinds.values()]
    .sort((a, b) => b.all - a.all)
    .slice(0, COLOURS)
    .map(({ colour }) => colour);
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of palette.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (((candidate >> shift) & 255) - ((colour >> shift) & 255)) ** 2,
      0,
    );
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const frame = Buffer.alloc(named.length + 8);
  frame.writeUInt32BE(body.length, 0);
  frame.set(named, 4);
  frame.writeUInt32BE(crc32(named), named.length + 4);
  return frame;
}
