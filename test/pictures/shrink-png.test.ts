import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readPng } from './read-png.ts';
import { shrinkPng } from './shrink-png.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), body]);
  const frame = Buffer.alloc(body.length + 12);
  frame.writeUInt32BE(body.length, 0);
  frame.set(named, 4);
  frame.writeUInt32BE(crc32(named), body.length + 8);
  return frame;
}

/** Two pixels a row; each row is filtered in its own way (PNG, section 9.2), so that all five are read. */
function pngOf(rows: readonly (readonly number[])[], colour: 2 | 6): Buffer {
  const channels = colour === 2 ? 3 : 4;
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  const filtered = rows.flatMap((row, y) => {
    const filter = y % 5;
    const written = row.map((byte, x) => {
      const [left, above, corner] = [at(y, x - channels), at(y - 1, x), at(y - 1, x - channels)];
      const guess = left + above - corner;
      const paeth = [left, above, corner].reduce((best, one) =>
        Math.abs(guess - one) < Math.abs(guess - best) ? one : best,
      );
      return (byte - ([0, left, above, (left + above) >> 1, paeth][filter] ?? 0)) & 255;
    });
    return [filter, ...written];
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(2, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([8, colour, 0, 0, 0], 8);
  const body = deflateSync(Buffer.from(filtered));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', body.subarray(0, 5)),
    chunk('IDAT', body.subarray(5)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const COLOURS = [
  [255, 255, 255, 27, 33, 48],
  [255, 255, 255, 179, 32, 44],
  [47, 79, 196, 255, 255, 255],
  [27, 33, 48, 27, 33, 48],
  [244, 245, 248, 23, 105, 58],
  [0, 0, 0, 255, 255, 255],
];

it('reads what is filtered in any way', () =>
  expect(readPng(pngOf(COLOURS, 2))).toEqual({ width: 2, height: 6, data: Uint8Array.from(COLOURS.flat()) }));

it('leaves alpha out', () => {
  const rows = COLOURS.map(([a, b, c, d, e, f]) => [a, b, c, 255, d, e, f, 255].map(Number));
  expect(readPng(pngOf(rows, 6)).data).toEqual(Uint8Array.from(COLOURS.flat()));
});

it('reads nothing else', () => {
  const other = pngOf(COLOURS, 2);
  other[24] = 16;
  expect(() => readPng(other)).toThrow('not a PNG');
});

it('keeps every pixel of a picture of few colours, as places in a palette', () => {
  const small = shrinkPng(pngOf(COLOURS, 2));
  const body = (type: string) => {
    const at = small.indexOf(type, 0, 'latin1');
    expect(small.readUInt32BE(at + 4 + small.readUInt32BE(at - 4))).toBe(
      crc32(small.subarray(at, at + 4 + small.readUInt32BE(at - 4))),
    );
    return small.subarray(at + 4, at + 4 + small.readUInt32BE(at - 4));
  };
  expect([...body('IHDR').subarray(8)]).toEqual([8, 3, 0, 0, 0]);
  const palette = body('PLTE');
  const rows = inflateSync(body('IDAT'));
  const pixels = COLOURS.flatMap((_, row) => [rows[row * 3 + 1] ?? 0, rows[row * 3 + 2] ?? 0]);
  expect(pixels.flatMap((place) => [...palette.subarray(place * 3, place * 3 + 3)])).toEqual(COLOURS.flat());
});
