import type { Node } from '../../kernel/differential-cases.ts';
import type { ElfRecipe, Segment } from '../../kernel/make-elf.ts';
import { DIALECTS, type Dialect, elfOf } from '../dialects.ts';
import type { Dice } from '../dice.ts';
import { type Family, type KernelCase, type Material, make, x } from './case.ts';

const MACHINES = [
  0, 1, 2, 3, 6, 8, 18, 20, 21, 22, 40, 42, 43, 50, 62, 183, 243, 247, 258, 0xa390, 0x9026, 0xffff, 0x3e00, 0xb700,
  0x1600,
];
const FLAGS = [
  0, 1, 2, 3, 4, 5, 0x02000000, 0x04000000, 0x05000000, 0x05000200, 0x05000400, 0x00ff0000, 0x00000400, 0x80000000,
  0x00800000, 0xffffffff,
];

/** The program itself, or a loader that a good program names: headers are checked in both. */
export function asMainOrLoader(
  dice: Dice,
  material: Material,
  file: Uint8Array,
  kind: Dialect = material.own,
): KernelCase {
  const more = { altered: [file] };
  if (dice.percent(65)) return make(material, { '/app': x(file) }, more);
  const main = elfOf(kind, { type: dice.of([2, 3]), interp: '/ld' });
  return make(material, { '/app': x(main), '/ld': x(file) }, more);
}

function oddField(dice: Dice): ElfRecipe {
  const recipes: (() => ElfRecipe)[] = [
    () => ({ elfClass: dice.of([0, 1, 2, 3, 255]) }),
    () => ({ data: dice.of([0, 1, 2, 3, 255]) }),
    () => ({ version: dice.of([0, 2, 255]) }),
    () => ({ osabi: dice.of([3, 9, 97, 255]) }),
    () => ({ type: dice.of([0, 1, 2, 3, 4, 5, 0xfe00, 0xff00, 0x200, 0x300]) }),
    () => ({ machine: dice.of(MACHINES) }),
    () => ({ flags: dice.percent(80) ? dice.of(FLAGS) : dice.below(2 ** 32) }),
    () => ({ phentsize: dice.of([0, 1, 31, 32, 33, 55, 56, 57, 64]) }),
    () => ({ phnum: dice.of([0, 1, 2, 3, 16, 17, 73, 74, 0xffff]) }),
    () => ({ phoff: dice.of([0n, 1n, 52n, 63n, 64n, 0x10000n, 0x7fffffffn, 0x80000000n, 0xffffffffn]) }),
    () => ({ entry: dice.of([0n, 1n, 2n, 0x400n, 0x3fffffn, 0x401000n, 0x500000n, 0x7ffff000n, 0xffffffffn]) }),
    () => ({ bits: 32 as const }),
    () => ({ bits: 64 as const }),
    () => ({ little: dice.percent(50) }),
  ];
  return dice.of(recipes)();
}

/** One or two odd fields in the header of a program or loader of any kind the kernel may know. */
export const headers: Family = (dice, material) => {
  const kind = dice.percent(60) ? material.own : dice.of([material.own, ...material.others]);
  const recipe = { type: dice.of([2, 3]), ...oddField(dice), ...(dice.percent(20) ? oddField(dice) : {}) };
  const bits = recipe.bits ?? kind.bits;
  const wide = (value: bigint | undefined) => (value === undefined || bits === 64 ? value : value & 0xffffffffn);
  const { phoff, entry, ...rest } = recipe;
  const file = elfOf(kind, {
    ...rest,
    ...(phoff === undefined ? {} : { phoff: wide(phoff)! }),
    ...(entry === undefined ? {} : { entry: wide(entry)! }),
  });
  return asMainOrLoader(dice, material, file, dice.percent(80) ? kind : material.own);
};

/** Every kind of program of every architecture, with and without a loader of every kind. */
export const kinds: Family = (dice, material) => {
  const all = [...Object.values(DIALECTS).flat(), material.own, material.own, ...material.others, ...material.others];
  const kind = dice.of(all);
  const loaderKind = dice.percent(60) ? kind : dice.of(all);
  const type = dice.of([2, 3]);
  if (dice.percent(40)) return make(material, { '/app': x(elfOf(kind, { type })) });
  const main = elfOf(kind, { type, interp: '/ld' });
  return make(material, { '/app': x(main), '/ld': x(elfOf(loaderKind, { type: dice.of([2, 3, 3]) })) });
};

/** Tables of program headers around a page of 4, 16 and 64 KiB and around the limit of 64 KiB. */
export const tables: Family = (dice, material) => {
  const kind = dice.percent(70) ? material.own : dice.of(material.others);
  const each = kind.bits === 64 ? 56 : 32;
  const limit = Math.floor(dice.of([4096, 16384, 65536, 8192]) / each);
  const count = Math.max(1, limit - 2 + dice.below(5));
  const padding: Segment[] = Array.from({ length: count - 1 }, () => ({ type: dice.percent(90) ? 0 : 0x60000000 }));
  const segments = dice.percent(50) ? [{}, ...padding] : [...padding, {}];
  const file = elfOf(kind, {
    type: dice.of([2, 3]),
    segments,
    codeAt: 0x18000,
    ...(dice.percent(10) ? { size: dice.of([4096, 65536, 98304]) } : {}),
  });
  return asMainOrLoader(dice, material, file, kind);
};

const LENGTHS = [
  0, 1, 3, 4, 15, 16, 18, 20, 32, 51, 52, 53, 63, 64, 65, 83, 84, 119, 120, 121, 175, 176, 255, 256, 1023, 1024, 1025,
  1026, 1028, 1030, 1032, 1036, 4096, 8192, 65536,
];

/** Files cut off or padded at every interesting length. */
export const cuts: Family = (dice, material) => {
  const kind = dice.percent(75) ? material.own : dice.of(material.others);
  const size = dice.percent(80) ? dice.of(LENGTHS) : dice.below(1100);
  const interp = dice.percent(30) ? { interp: '/bin/loader' } : {};
  return asMainOrLoader(dice, material, elfOf(kind, { type: dice.of([2, 3]), size, ...interp }), kind);
};

const EDGES = [0, 1, 2, 3, 4, 0x10, 0x38, 0x40, 0x7f, 0x80, 0xff];

/** Programs with some bytes of their headers changed. */
export const mutations: Family = (dice, material) => {
  const kind = dice.percent(75) ? material.own : dice.of(material.others);
  const recipes: ElfRecipe[] = [
    {},
    { type: 3 },
    { interp: '/bin/loader' },
    { type: 3, interp: '/bin/loader' },
    { segments: [{}, { flags: 6, vaddr: 0x600000n, memsz: 0x3000n }] },
    { segments: [{}, { type: 0x6474e551, flags: 6, filesz: 0n, memsz: 0n }] },
  ];
  const bytes = elfOf(kind, dice.of(recipes));
  const end = kind.bits === 64 ? 64 + 56 * 2 : 52 + 32 * 2;
  for (let changes = 1 + dice.below(3); changes > 0; changes -= 1) {
    bytes[4 + dice.below(end - 4)] = dice.percent(50) ? dice.of(EDGES) : dice.below(256);
  }
  return asMainOrLoader(dice, material, bytes, kind);
};

/** Loaders named in every way and of every sort, and PT_INTERP segments that are no good. */
export const loaders: Family = (dice, material) => {
  const kind = dice.percent(80) ? material.own : dice.of(material.others);
  const name = dice.of([
    '/bin/loader',
    '/bin/loader',
    '/bin/loader',
    'bin/loader',
    '/missing',
    '/bin',
    '/bin/noexec',
    '/bin/foreign',
    '/bin/text',
    '/bin/empty',
    '/app',
    '',
    '/bin/loader/',
    '/bin/loader/x',
    `/${'n'.repeat(255)}`,
    `/${'n'.repeat(256)}`,
    '/bin/loader\0tail',
    ' /bin/loader',
    '/bin/loader ',
    '/self',
    '/bin/ok',
    '$ORIGIN/bin/loader',
    '/bin/loader\r',
    `${'/'.repeat(4085)}bin/loader`,
    `${'/'.repeat(4084)}bin/loader`,
    `${'/'.repeat(4086)}bin/loader`,
    '/of',
    '/exact',
    '/almost',
    'a',
    '/object',
    '/noload',
    '/script',
    '/bin/narrow-loader',
    '/other',
    '/fifo',
  ]);
  const least = kind.bits === 64 ? 64 : 52;
  const nodes: Record<string, Node> = {
    '/self': { link: 'self' },
    '/fifo': { fifo: true },
    '/of': x('x'.repeat(dice.below(300))),
    '/exact': x('x'.repeat(least)),
    '/almost': x('x'.repeat(least - 1)),
    '/object': x(elfOf(kind, { type: dice.of([0, 1, 4, 5]) })),
    '/noload': x(elfOf(kind, { type: dice.of([2, 3]), segments: dice.of([[], [{ type: 4 }]]) })),
    '/script': x(`#!/bin/loader\n${'#'.repeat(dice.below(3000))}`),
    '/other': x(elfOf(kind, { type: 3, interp: dice.of(['/missing', '/bin/text', '/other']) })),
  };
  const odd: Segment[] = [
    { filesz: 0n },
    { filesz: 1n },
    { filesz: 2n },
    { filesz: 5n },
    { filesz: 100n },
    { filesz: 4096n },
    { filesz: 4097n },
    { offset: 0x10000n },
    { offset: 8n, filesz: 8n },
    { flags: 0 },
    { offset: 0x7fffffffn },
    { offset: 0x80000000n },
    { offset: 0xffffffffn },
    { vaddr: 0xfffffn },
    ...(kind.bits === 64
      ? [
          { offset: 1n << 63n },
          { offset: (1n << 63n) - 1n },
          { offset: (1n << 64n) - 1n },
          { offset: (1n << 63n) - 12n },
          { offset: (1n << 63n) - 13n },
        ]
      : []),
  ];
  const type = dice.of([2, 3]);
  const recipe: ElfRecipe = dice.percent(25)
    ? { type, interp: '/bin/loader', interpSegment: dice.of(odd) }
    : {
        type,
        interp: name,
        ...(dice.percent(10)
          ? { segments: dice.of([[], [{}, { type: 3, offset: 0n, filesz: 1n }], [{ offset: 1n }]]) }
          : {}),
      };
  const main = elfOf(kind, { ...recipe, ...(dice.percent(5) ? { entry: 5n } : {}) });
  const byScript: Record<string, Node> = dice.percent(10)
    ? { '/app': x('#!/main\n'), '/main': x(main) }
    : { '/app': x(main) };
  return make(
    material,
    { ...nodes, ...byScript },
    { cwd: dice.percent(90) ? '/' : '/sub', altered: recipe.interp === '/bin/loader' ? [] : [main] },
  );
};

const WIDE = [
  0n,
  1n,
  0x40n,
  0x400n,
  0x400400n,
  0x7fffffffn,
  0xffffffffn,
  1n << 46n,
  (1n << 47n) - 0x1000n,
  1n << 47n,
  1n << 48n,
  1n << 52n,
  1n << 56n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 0x1000n,
  (1n << 64n) - 1n,
];

/** Offsets, addresses and sizes as large as their fields allow, in one field of the header or of a segment. */
export const extremes: Family = (dice, material) => {
  const kind = dice.percent(75) ? material.own : dice.of(material.others);
  const value = BigInt.asUintN(kind.bits, dice.of(WIDE) - (dice.percent(20) ? 1n : 0n));
  const field = dice.of(['phoff', 'entry', 'offset', 'vaddr', 'filesz', 'memsz', 'align'] as const);
  const interp = dice.percent(25) ? { interp: '/bin/loader' } : {};
  const type = dice.of([2, 3]);
  const segment = { [field]: value };
  const segments = dice.percent(60)
    ? [segment]
    : [{}, { vaddr: type === 2 ? 0x600000n : 0x200000n, filesz: 0x10n, flags: dice.of([4, 6]), ...segment }];
  const recipe: ElfRecipe = field === 'phoff' || field === 'entry' ? { [field]: value } : { segments };
  return asMainOrLoader(dice, material, elfOf(kind, { type, ...interp, ...recipe }), kind);
};
