import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileExtract } from '../../adapters/registry/oci/layers/file-extract.ts';
import { FrontBuffer } from '../../adapters/registry/oci/layers/front-buffer.ts';
import { cutFrom, mergePieces, type Piece } from '../../adapters/registry/oci/layers/pieces.ts';

/** Writes a file in chunks of these lengths, over and over, leaving every third out when it is zero (a hole). */
function extract(content: Buffer, head: number, lengths: readonly number[], front = 4096): readonly Piece[] {
  let pieces: readonly Piece[] = [];
  const sink = new FileExtract(content.length, head, new FrontBuffer(front), (found) => {
    pieces = found;
  });
  for (let at = 0, turn = 0; at < content.length; turn++) {
    const chunk = content.subarray(at, at + (lengths[turn % lengths.length] ?? 1));
    if (turn % 3 !== 2 || chunk.some((byte) => byte !== 0)) sink.write(chunk, at);
    at += chunk.length;
  }
  sink.end();
  return pieces;
}

function expectTrue(pieces: readonly Piece[], content: Buffer): void {
  let end = -1;
  for (const { offset, bytes } of pieces) {
    expect(offset).toBeGreaterThan(end);
    end = offset + bytes.length;
    expect(Buffer.from(bytes).equals(content.subarray(offset, end)), `${offset}+${bytes.length}`).toBe(true);
  }
}

const lengths = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 });

describe('what is cut out of a file while it streams by', () => {
  it('is true of any file, however it is cut', () => {
    const contents = fc.oneof(
      fc.uint8Array({ maxLength: 20_000 }),
      fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.concat([bytes, Buffer.alloc(9000), bytes])),
    );
    fc.assert(
      fc.property(contents, fc.integer({ min: 0, max: 6000 }), lengths, (bytes, head, cut) => {
        const content = Buffer.from(bytes);
        const pieces = extract(content, head, cut);
        expectTrue(pieces, content);
        const isProgram = content.subarray(0, 4).toString('latin1') === '\x7fELF';
        if (!isProgram && head > 0 && content.length > 0) {
          expect(cutFrom(pieces, 0, Math.min(head, 4096, content.length))).not.toBeNull();
        }
      }),
    );
  });

  it('is true of programs whose headers are spoilt', async () => {
    const program = (await readFile(process.execPath)).subarray(0, 60_000);
    const spoils = fc.array(fc.tuple(fc.integer({ min: 4, max: 900 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(spoils, lengths, fc.constantFrom(5000, 30_000, 100_000), (bytes, cut, front) => {
        const content = Buffer.from(program);
        for (const [at, value] of bytes) content[at] = value;
        expectTrue(extract(content, 0, cut, front), content);
      }),
    );
  });

  it('of a program holds where it begins, and who loads it', async () => {
    const program = await readFile(process.execPath);
    const pieces = extract(program, 0, [65_536], 4 * 1024 ** 2);
    expectTrue(pieces, program);
    const entry = Number(program.readBigUInt64LE(24));
    expect(pieces.length).toBeGreaterThan(1);
    expect(
      pieces.some(({ offset }) => offset > 4096),
      `entry ${entry}`,
    ).toBe(true);
  });
});

describe('pieces', () => {
  it('that overlap or touch become one', () => {
    const of = (offset: number, text: string) => ({ offset, bytes: Buffer.from(text) });
    const merged = mergePieces([of(6, 'g'), of(2, 'cd'), of(0, 'abc'), of(4, 'e')]);
    expect(merged.map(({ offset, bytes }) => [offset, Buffer.from(bytes).toString()])).toEqual([
      [0, 'abcde'],
      [6, 'g'],
    ]);
    expect(cutFrom(merged, 1, 4)).toHaveLength(4);
    expect(cutFrom(merged, 4, 3)).toBeNull();
  });
});
