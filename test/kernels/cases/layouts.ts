import type { Segment } from '../../kernel/make-elf.ts';
import { type Dialect, elfOf } from '../dialects.ts';
import type { Dice } from '../dice.ts';
import { type Family, make, x } from './case.ts';
import { asMainOrLoader } from './headers.ts';

/** Sizes of pages that kernels have: every alignment is tried with each. */
const PAGES = [0x1000n, 0x1000n, 0x4000n, 0x10000n];

/** Where address spaces end, by the kinds of tables and of programs. */
const TOPS = {
  64: [
    1n << 47n,
    1n << 48n,
    1n << 38n,
    1n << 39n,
    1n << 42n,
    1n << 46n,
    1n << 52n,
    1n << 53n,
    1n << 56n,
    1n << 57n,
    1n << 63n,
  ],
  32: [0x80000000n, 0xbf000000n, 0xc0000000n, 0xff000000n, 0xffff0000n, 0xfffff000n, 0x7fff8000n],
};

function address(dice: Dice, bits: 32 | 64): bigint {
  const page = dice.of(PAGES);
  const near = BigInt(dice.below(5) - 2) * page;
  const places = [
    () => 0x400000n + BigInt(dice.below(6)) * page,
    () => 0x400000n + BigInt(dice.below(6)) * page,
    () => 0x600000n + BigInt(dice.below(4)) * dice.of([page, 0x10n, 0x400n]),
    () => dice.of([0n, 0x1000n, 0x4000n, 0x8000n, 0xf000n, 0x10000n, 0x11000n]),
    () => dice.of(TOPS[bits]) + near,
    () => 0x10000000n + near,
  ];
  const wanted = dice.of(places)();
  return wanted < 0n ? 0n : BigInt.asUintN(bits, wanted);
}

function extent(dice: Dice, bits: 32 | 64): Pick<Segment, 'filesz' | 'memsz'> {
  const page = dice.of(PAGES);
  const filesz = dice.of([0n, 1n, 0x10n, 0x100n, 0x410n, 0x500n, page - 1n, page, page + 1n, 3n * page]);
  const huge = bits === 64 ? [1n << 47n, 1n << 48n, 1n << 63n, (1n << 64n) - 1n] : [0xf0000000n, 0xffffffffn];
  const more = dice.of([0n, 0n, 0n, 0n, 1n, 0x10n, page, page * 3n, 0x100000n]);
  const memsz = dice.percent(5) ? dice.of(huge) : dice.percent(5) ? filesz / 2n : filesz + more;
  return { filesz, memsz };
}

function oddSegment(dice: Dice, bits: 32 | 64): Segment {
  const vaddr = address(dice, bits);
  const page = dice.of(PAGES);
  const offset = dice.percent(60)
    ? vaddr % dice.of(PAGES)
    : dice.of([
        0n,
        0n,
        0x10n,
        0x400n,
        page,
        page + (vaddr % page),
        0x20000n,
        bits === 64 ? 0x7ffffffffffff000n : 0x7ffff000n,
      ]);
  const align = dice.of([0x1000n, 0x1000n, 0x4000n, 0x10000n, 0n, 1n, 3n, 0x200000n]);
  const type = dice.percent(92) ? 1 : dice.of([0, 2, 4, 6, 7, 0x6474e551, 0x6474e550]);
  return { type, vaddr, offset, align, flags: dice.of([5, 5, 6, 6, 4, 7, 1, 2, 0, 3]), ...extent(dice, bits) };
}

const kindOf = (dice: Dice, own: Dialect, others: readonly Dialect[]) => (dice.percent(75) ? own : dice.of(others));

/** The usual first segment, and others at every place that matters: over it, below it, at the ends of memory. */
export const layouts: Family = (dice, material) => {
  const kind = kindOf(dice, material.own, material.others);
  const type = dice.of([2, 2, 3]);
  const shift = type === 3 && dice.percent(70) ? 0x400000n : 0n;
  const moved = (segment: Segment): Segment =>
    segment.vaddr !== undefined && segment.vaddr >= shift ? { ...segment, vaddr: segment.vaddr - shift } : segment;
  const odd = Array.from({ length: 1 + dice.below(2) }, () => moved(oddSegment(dice, kind.bits)));
  const segments = dice.percent(70) ? [{}, ...odd] : dice.percent(50) ? [...odd, {}] : odd;
  return asMainOrLoader(dice, material, elfOf(kind, { type, segments }), kind);
};

/** Programs as linkers make them for a page size: text and data share a page, or do not. */
export const linked: Family = (dice, material) => {
  const kind = kindOf(dice, material.own, material.others);
  const type = dice.of([2, 3]);
  const base = type === 2 ? 0x400000n : 0n;
  const page = dice.of(PAGES);
  const linkedFor = dice.of(PAGES);
  const start = BigInt(dice.of([0x500, 0x1000, 0x2000, 0x3ff0, 0x4000, 0xfff0, 0x10000]));
  const gap = dice.of([0n, page, linkedFor]);
  const data = {
    flags: 6,
    offset: start,
    vaddr: base + start + gap,
    filesz: dice.of([0x10n, 0x100n, page]),
    align: linkedFor,
  };
  const bss = dice.of([0n, 0x10n, 0x2000n, 0x10000n]);
  const text: Segment = { filesz: dice.of([start, 0x500n]), align: linkedFor };
  const relro: Segment = { type: 0x6474e552, flags: 4, offset: data.offset, vaddr: data.vaddr, filesz: data.filesz };
  const segments = [text, { ...data, memsz: data.filesz + bss }, ...(dice.percent(40) ? [relro] : [])];
  const size = dice.of([Number(start) + 0x100, Number(start) + 0x10, 0x20000]);
  return asMainOrLoader(dice, material, elfOf(kind, { type, segments, size }), kind);
};

/** One segment, whole, at an odd place, with an odd alignment or with its code elsewhere in the file. */
export const places: Family = (dice, material) => {
  const kind = kindOf(dice, material.own, material.others);
  const type = dice.of([2, 3]);
  const vaddr = address(dice, kind.bits);
  const codeAt = dice.of([0x400, 0x400, 0x1000, 0x4000, 0x10000, 0x410]);
  const offset = dice.percent(70) ? 0n : BigInt(codeAt) & ~0xfffn;
  const bits = BigInt(dice.below(kind.bits));
  const align = dice.percent(60) ? dice.of([0x1000n, 0x4000n, 0x10000n]) : 1n << bits;
  const shift = dice.percent(85) ? 0n : dice.of([0x10n, 0x1000n, 0x2000n, 0x4000n]);
  const entry = BigInt.asUintN(kind.bits, vaddr + shift + BigInt(codeAt) - offset);
  const extra: Segment[] = dice.percent(15)
    ? [{ type: 0x6474e551, flags: dice.of([6, 7]), filesz: 0n, memsz: 0n }]
    : [];
  const flags = dice.of([5, 5, 5, 5, 4, 7, 1, 2, 0, 6]);
  const segment = {
    vaddr: BigInt.asUintN(kind.bits, vaddr + shift),
    offset,
    align,
    flags,
    filesz: BigInt(codeAt) + 0x20n - offset,
  };
  const interp = dice.percent(20) ? { interp: '/bin/loader' } : {};
  const file = elfOf(kind, { type, codeAt, entry, segments: [segment, ...extra], ...interp });
  return asMainOrLoader(dice, material, file, kind);
};

/** Entry points everywhere: in the code, in zeros, in bss, past the end of the file, outside. */
export const entries: Family = (dice, material) => {
  const kind = kindOf(dice, material.own, material.others);
  const flags = dice.of([5, 5, 7, 4, 6, 1]);
  const filesz = dice.of([0x100n, 0x400n, 0x404n, 0x410n, 0x1000n, 0x3000n, 0x10000n]);
  const memsz = filesz + dice.of([0n, 0n, 0x10n, 0x800n, 0x3000n, 0x10000n]);
  const entry =
    0x400000n +
    dice.of([
      0x400n,
      0x400n,
      0x400n,
      0x200n,
      0x300n,
      0x800n,
      0x1000n,
      0x2000n,
      0x4000n,
      0x5000n,
      0x10000n,
      0x401n,
      0x402n,
    ]);
  const size = dice.of([0x200, 0x401, 0x402, 0x404, 0x40c, 0x410, 0x800, 0x1000, 0x1001, 0x4000, 0x10010]);
  const file = elfOf(kind, { entry, size, segments: [{ flags, filesz, memsz }] });
  return asMainOrLoader(dice, material, file, kind);
};

/** A position-independent program whose stack, span or alignment leaves little room. */
export const spans: Family = (dice, material) => {
  const kind = kindOf(dice, material.own, material.others);
  const top = dice.of(TOPS[kind.bits]);
  const far = BigInt.asUintN(
    kind.bits,
    top - dice.of([0n, 1n, 0x1000n, 0x10000n, 0x20000n, 1n << 30n, top / 2n, top - (top >> 3n)]),
  );
  const second: Segment = {
    vaddr: far - (far % 0x10000n),
    filesz: dice.of([0n, 0x10n, 0x1000n]),
    memsz: dice.of([0x10n, 0x1000n]),
    flags: dice.of([4, 6]),
  };
  const interp = dice.percent(35) ? { interp: '/bin/loader' } : {};
  const file = elfOf(kind, { type: 3, segments: dice.percent(70) ? [{}, second] : [second, {}], ...interp });
  if (dice.percent(50)) return make(material, { '/app': x(file) }, { altered: [file] });
  return asMainOrLoader(dice, material, file, kind);
};

/** A sound program with one more page at an end of the address space, or at its beginning. */
export const ends: Family = (dice, material) => {
  const kind = dice.percent(55) ? material.own : dice.of(material.others);
  const page = dice.of(PAGES);
  const near = dice.of([...TOPS[kind.bits], 0x10000n, 0x8000n, 0x1000n, 0x2000n, 0x4000n, 1n << BigInt(kind.bits)]);
  const wanted = near + BigInt(dice.below(9) - 6) * page;
  const vaddr = BigInt.asUintN(kind.bits, wanted < 0n ? 0n : wanted);
  const size = dice.of([0n, 0x10n, page - 1n, page, page + 1n]);
  const more = dice.of([0n, 0n, 1n, page]);
  const edge: Segment = { vaddr, filesz: size, memsz: size + more, flags: dice.of([4, 6]) };
  const file = elfOf(kind, { segments: dice.percent(75) ? [{}, edge] : [edge, {}] });
  return asMainOrLoader(dice, material, file, kind);
};
