import type { Segment } from '../../kernel/make-elf.ts';
import { elfOf } from '../dialects.ts';
import type { Dice } from '../dice.ts';
import type { Family } from './case.ts';
import { asMainOrLoader } from './headers.ts';

const NOTE_AT = 0x800;

/** A `.note.gnu.property` in the file's byte order: mostly right, with one thing wrong now and then. */
function note(dice: Dice, bits: 32 | 64, little: boolean): Uint8Array {
  const bytes = new Uint8Array(0x500);
  const view = new DataView(bytes.buffer);
  const align = bits === 64 ? 8 : 4;
  let at = 16;
  for (let count = dice.of([1, 1, 1, 2, 3, 0]); count > 0; count -= 1) {
    const size = dice.percent(85) ? 4 : dice.of([0, 1, 5, 8, 12, 0xffff, 0xfffffff0]);
    view.setUint32(
      at,
      dice.percent(70) ? 0xc0000000 + dice.below(3) : dice.of([0, 1, 2, 0xc0008002, 0xffffffff]),
      little,
    );
    view.setUint32(at + 4, size, little);
    view.setUint32(at + 8, dice.below(8), little);
    at += 8 + Math.ceil(Math.min(size, 64) / align) * align;
  }
  view.setUint32(0, dice.percent(95) ? 4 : dice.of([0, 3, 5, 8]), little);
  view.setUint32(4, dice.percent(85) ? at - 16 : dice.of([0, 4, 7, 8, 12, 15, 24, 0x3f0, 0xffffffff]), little);
  view.setUint32(8, dice.percent(95) ? 5 : dice.of([0, 1, 4, 6]), little);
  bytes.set(new TextEncoder().encode(dice.percent(95) ? 'GNU\0' : dice.of(['GNU ', 'XXX\0', '\0\0\0\0'])), 12);
  return bytes;
}

/** PT_GNU_PROPERTY, which arm64 reads before the program starts: malformed in every way, doubled, past the end. */
export const properties: Family = (dice, material) => {
  const kind = dice.percent(80) ? material.own : dice.of(material.others);
  const whole = note(dice, kind.bits, kind.little);
  const named = new DataView(whole.buffer).getUint32(4, kind.little);
  const property: Segment = {
    type: 0x6474e553,
    flags: 4,
    offset: BigInt(dice.percent(90) ? NOTE_AT : dice.of([0, 0x7fc, 0x10000, 0xfff])),
    vaddr: 0x400800n,
    filesz: BigInt(
      dice.percent(75) ? Math.min(16 + named, 0x400) : dice.of([0, 1, 15, 16, 17, 24, 31, 32, 40, 1023, 1024, 1025]),
    ),
  };
  const second: Segment[] = dice.percent(15) ? [{ ...property, filesz: dice.of([0n, 16n, 32n, 2000n]) }] : [];
  const order = dice.percent(50) ? [{}, property, ...second] : [...second, property, {}];
  const interp = dice.percent(20) ? { interp: '/bin/loader' } : {};
  const bytes = elfOf(kind, {
    type: dice.of([2, 3]),
    segments: order,
    size: dice.of([0xd00, 0xd00, 0x808, 0x820, 0x828]),
    ...interp,
  });
  bytes.set(whole.subarray(0, Math.max(0, bytes.length - NOTE_AT)), NOTE_AT);
  return asMainOrLoader(dice, material, bytes, kind);
};
