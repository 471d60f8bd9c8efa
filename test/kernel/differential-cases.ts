import { existsSync, readFileSync } from 'node:fs';
import type { BinfmtHandler } from '../../src/kernel/host.ts';
import { type ElfRecipe, makeElf, type Segment } from './make-elf.ts';

/** What stands at a path: content with a mode, a link, a directory, a FIFO. */
export type Node =
  | { readonly file: string | Uint8Array; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly link: string }
  | { readonly directory: true; readonly mode?: number; readonly uid?: number }
  | { readonly fifo: true };

export interface Case {
  readonly id: string;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly name: string;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  /** binfmt_misc handlers in the order of registration; those with flag F name a file of the case's tree. */
  readonly handlers?: readonly BinfmtHandler[];
  /** Whether what happens after the program got control is the file's own affair. */
  readonly loose: boolean;
}

const exit0 = makeElf();
const foreign = makeElf({ machine: 183 });
const x = (file: string | Uint8Array, mode = 0o755): Node => ({ file, mode });

/** Files that many cases point at. */
const COMMON: Record<string, Node> = {
  '/bin/ok': x(exit0),
  '/bin/foreign': x(foreign),
  '/bin/text': x('echo hello\n'),
  '/bin/empty': x(''),
  '/bin/noexec': x(exit0, 0o644),
  '/bin/loader': x(makeElf({ type: 3 })),
  '/sub/ok': x(exit0),
};

function make(id: string, nodes: Record<string, Node>, more: Partial<Case> = {}): Case {
  return { id, nodes: { ...COMMON, ...nodes }, name: '/app', cwd: '/', uid: 0, gid: 0, loose: false, ...more };
}

const script = (id: string, text: string | Uint8Array, nodes: Record<string, Node> = {}, more: Partial<Case> = {}) =>
  make(`script ${id}`, { '/app': x(text), ...nodes }, more);

function lines(): Case[] {
  const texts = [
    '#!',
    '#!\n',
    '#! \n',
    '#! ',
    '#!\t\t',
    '#!\0',
    '#! \0',
    '#!\0\n',
    '#!\r\n',
    '#! \r\n',
    '#!/bin/ok',
    '#!/bin/ok\n',
    '#! /bin/ok\n',
    '#!\t/bin/ok\t\n',
    '#!/bin/ok \n',
    '#!/bin/ok\r\n',
    '#!/bin/ok -e\r\n',
    '#!/bin/ok \r\n',
    '#!/bin/ok\0rest\n',
    '#!/bin/ok a\0b\n',
    '#!/bin/ok\v\n',
    '#!/bin/ok\f\n',
    '#!/bin/ok;\n',
    '#!"/bin/ok"\n',
    '#!/bin/ok#\n',
    '#!/bin/ok\u00a0\n',
    '#!\ufeff/bin/ok\n',
    '\ufeff#!/bin/ok\n',
    '\n#!/bin/ok\n',
    ' #!/bin/ok\n',
    '\0#!/bin/ok\n',
    '#',
    '!',
    '# !/bin/ok\n',
    '#!bin/ok\n',
    '#!ok\n',
    '#!./bin/ok\n',
    '#!../bin/ok\n',
    '#!/bin/../bin/ok\n',
    '#!//bin//ok\n',
    '#!/bin/ok/\n',
    '#!/bin/ok/.\n',
    '#!/bin\n',
    '#!/bin/\n',
    '#!/\n',
    '#!.\n',
    '#!/missing\n',
    '#!/missing/..\n',
    '#!/bin/ok/../ok\n',
    '#!/bin/text\n',
    '#!/bin/empty\n',
    '#!/bin/foreign\n',
    '#!/bin/noexec\n',
    '#!/app\n',
    '',
    'echo\n',
    '<html>',
    'MZ',
    '\x7fELF',
    '#!/bin/ok\n\0\0',
    '#!/bin/o\\k\n',
    '#!~/ok\n',
    '#!/bin/ok a b  c \n',
    "#!/bin/ok 'a\n",
    '#!/proc/self/exe\n',
  ];
  const made = texts.map((text, i) => script(`line ${i} ${JSON.stringify(text)}`, text));
  const wide = new Uint8Array([0xff, 0xfe, 0x23, 0, 0x21, 0]);
  return [
    ...made,
    script('utf-16', wide),
    script('crlf name exists', '#!/bin/ok\r\n', { '/bin/ok\r': x(exit0) }),
    script('relative from cwd', '#!ok\n', {}, { cwd: '/sub' }),
    script('dotdot from cwd', '#!../bin/ok\n', {}, { cwd: '/sub' }),
  ];
}

/** Names that end around the 256th byte, with every kind of end. */
function lengths(): Case[] {
  const cases: Case[] = [];
  for (let length = 250; length <= 260; length += 1) {
    for (const end of [
      '',
      '\n',
      ' ',
      '\t',
      '\0',
      '\r\n',
      ' arg\n',
      '\nrest of the file\n',
      ' '.repeat(40),
      'x'.repeat(40),
    ]) {
      const name = `/${'d/'.repeat(20)}${'n'.repeat(length - 2 - 1 - 40)}`;
      cases.push(script(`length ${length} then ${JSON.stringify(end)}`, `#!${name}${end}`, { [name]: x(exit0) }));
    }
  }
  for (let blanks = 250; blanks <= 258; blanks += 1) {
    cases.push(script(`${blanks} blanks`, `#!${' '.repeat(blanks)}`));
    cases.push(script(`${blanks} blanks then newline`, `#!${' '.repeat(blanks)}\n`));
    cases.push(script(`${blanks} blanks then NUL`, `#!${' '.repeat(blanks)}\0`));
    cases.push(script(`${blanks - 7} blanks then name`, `#!${' '.repeat(blanks - 7)}/bin/ok`));
    cases.push(script(`${blanks - 7} blanks then name and blank`, `#!${' '.repeat(blanks - 7)}/bin/ok \n`));
  }
  return cases;
}

/** Scripts in a row, ended by every kind of file. */
function nesting(): Case[] {
  const ends = ['/bin/ok', '/missing', '/bin/noexec', '/bin', '/bin/text', '/bin/foreign', '/bin/empty', '/s1'];
  const cases: Case[] = [];
  for (let depth = 2; depth <= 7; depth += 1) {
    for (const end of ends) {
      const nodes: Record<string, Node> = {};
      for (let i = 1; i <= depth; i += 1) nodes[`/s${i}`] = x(`#!${i === depth ? end : `/s${i + 1}`}\n`);
      cases.push(make(`nesting ${depth} ending at ${end}`, nodes, { name: '/s1' }));
    }
  }
  return cases;
}

function modes(): Case[] {
  const cases: Case[] = [];
  for (const mode of [0o755, 0o644, 0o111, 0o100, 0o010, 0o001, 0o700, 0o070, 0o007, 0o000, 0o4755, 0o666]) {
    for (const [uid, gid] of [
      [0, 0],
      [1000, 1000],
      [1000, 5],
      [7, 1000],
      [7, 7],
    ] as const) {
      const file: Node = { file: exit0, mode, uid: 1000, gid: 1000 };
      cases.push(make(`mode ${mode.toString(8)} as ${uid}:${gid}`, { '/app': file }, { uid, gid }));
    }
  }
  for (const content of ['', '#!/missing\n', foreign, 'text', makeElf({ interp: '/missing' })]) {
    cases.push(make(`no x bit comes before the content (${content.length} bytes)`, { '/app': x(content, 0o644) }));
  }
  for (const [mode, uid] of [
    [0o700, 0],
    [0o700, 1000],
    [0o600, 0],
    [0o711, 1000],
    [0o677, 1000],
    [0o666, 7],
  ] as const) {
    const nodes: Record<string, Node> = { '/d': { directory: true, mode, uid: 0 }, '/d/app': x(exit0) };
    cases.push(make(`directory of mode ${mode.toString(8)} as ${uid}`, nodes, { name: '/d/app', uid, gid: uid }));
    cases.push(make(`and for a missing file, ${mode.toString(8)} as ${uid}`, nodes, { name: '/d/no', uid, gid: uid }));
  }
  cases.push(
    script('execute only, as another user', '#!/bin/ok\n', { '/app': x('#!/bin/ok\n', 0o111) }, { uid: 7, gid: 7 }),
  );
  cases.push(make('fifo', { '/app': { fifo: true } }));
  cases.push(make('directory', { '/app': { directory: true } }));
  return cases;
}

function paths(): Case[] {
  const nodes: Record<string, Node> = {
    '/app': x(exit0),
    '/link': { link: '/bin/ok' },
    '/relative': { link: 'bin/ok' },
    '/slash': { link: '/bin/ok/' },
    '/dot': { link: '/bin/ok/.' },
    '/escape': { link: '../../../bin/ok' },
    '/dangling': { link: 'nothing' },
    '/self': { link: 'self' },
    '/dirlink': { link: 'sub' },
    '/deep/er/link': { link: '/sub' },
    '/deep/er/up': { link: '../../bin/ok' },
    '/tofile': { link: 'app' },
    '/toroot': { link: '/' },
  };
  const names = [
    '/app',
    '/app/',
    '/app/.',
    '/app/..',
    '/app/../app',
    '/missing',
    '/missing/..',
    '/missing/../app',
    '/',
    '/.',
    '/..',
    '/../app',
    '/./app',
    '//app',
    '/link',
    '/link/',
    '/relative',
    '/slash',
    '/dot',
    '/escape',
    '/dangling',
    '/dangling/',
    '/self',
    '/dirlink/ok',
    '/dirlink/../app',
    '/deep/er/link/ok',
    '/deep/er/link/../app',
    '/deep/er/up',
    '/tofile',
    '/tofile/',
    '/tofile/x',
    '/toroot/app',
    '/toroot',
    'app',
    './app',
    'sub/ok',
    '../app',
    'sub/../app',
    'bin',
    '/app/x',
    `/${'n'.repeat(255)}`,
    `/${'n'.repeat(256)}`,
    `/app/${'n'.repeat(256)}`,
    `/missing/${'n'.repeat(256)}`,
    `${'/.'.repeat(2045)}/app`,
    `${'/.'.repeat(2046)}/app`,
    `/${'/'.repeat(4090)}app`,
    `/${'/'.repeat(4091)}app`,
    `/${'/'.repeat(4092)}app`,
    `/${'é'.repeat(127)}`,
    `/${'é'.repeat(128)}`,
  ];
  const made = names.map((name, i) => make(`path ${i} ${name.slice(0, 40)}`, nodes, { name }));
  const inside = ['ok', './ok', '../app', '../../app', '../bin/ok'];
  return [...made, ...inside.map((name) => make(`path ${name} from /sub`, nodes, { name, cwd: '/sub' }))];
}

function links(): Case[] {
  const cases: Case[] = [];
  for (const depth of [1, 2, 39, 40, 41, 42]) {
    const nodes: Record<string, Node> = {};
    for (let i = 1; i <= depth; i += 1) nodes[`/l${i}`] = { link: i === depth ? 'bin/ok' : `l${i + 1}` };
    cases.push(make(`${depth} links`, nodes, { name: '/l1' }));
    cases.push(make(`${depth} links to an interpreter`, { ...nodes, '/app': x('#!/l1\n') }));
    cases.push(
      make(`${depth} links to a loader`, {
        ...nodes,
        '/l': { link: 'bin/loader' },
        '/app': x(makeElf({ interp: '/l1' })),
      }),
    );
  }
  return cases;
}

const elf = (id: string, recipe: ElfRecipe, nodes: Record<string, Node> = {}) =>
  make(`elf ${id}`, { '/app': x(makeElf(recipe)), ...nodes });

function headers(): Case[] {
  const cases: Case[] = [];
  const vary = <K extends keyof ElfRecipe>(key: K, values: readonly NonNullable<ElfRecipe[K]>[]) => {
    for (const value of values) cases.push(elf(`${key} ${value}`, { [key]: value }));
    for (const value of values) {
      const loader = makeElf({ type: 3, [key]: value });
      cases.push(elf(`whose loader has ${key} ${value}`, { interp: '/ld' }, { '/ld': x(loader) }));
    }
  };
  vary('elfClass', [0, 1, 2, 3, 255]);
  vary('data', [0, 1, 2, 255]);
  vary('version', [0, 2, 255]);
  vary('osabi', [3, 9, 255]);
  vary('type', [0, 1, 2, 3, 4, 5, 0xfe00, 0xff00]);
  vary('machine', [0, 1, 2, 3, 6, 8, 20, 21, 22, 40, 50, 62, 183, 243, 258, 0x3e00, 0xffff]);
  vary('flags', [1, 0xffffffff]);
  vary('phentsize', [0, 1, 32, 55, 56, 57, 64]);
  vary('phnum', [0, 1, 2, 3, 16, 17, 18, 19, 73, 74, 1170, 1171, 0xffff]);
  vary('phoff', [0n, 1n, 63n, 0x10000n, 0x7fffffffffffffffn, 0x8000000000000000n, 0xffffffffffffffffn]);
  vary('entry', [0n, 0x3fffffn, 0x401000n, 0x500000n, 0x7fffffffefffn, 0x7ffffffff000n, 0x7ffffffffffffn, 1n << 63n]);
  vary('size', [0, 1, 3, 4, 15, 16, 18, 20, 63, 64, 65, 119, 120, 255, 256, 1023, 1024, 1025, 1032, 4096, 8192]);
  return cases.map((each) => (/(phnum|phoff|entry|size) /.test(each.id) ? { ...each, loose: true } : each));
}

function loaders(): Case[] {
  const names = [
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
    `${'/'.repeat(4086)}bin/loader`,
    '/long',
    '/exact',
    '/almost',
    'a',
    '/narrow',
    '/object',
    '/noload',
    '/big-script',
  ];
  const nodes: Record<string, Node> = {
    '/self': { link: 'self' },
    '/long': x(`#!/bin/ok\n${'#'.repeat(300)}`),
    '/exact': x('x'.repeat(64)),
    '/almost': x('x'.repeat(63)),
    '/narrow': x(makeElf({ bits: 32, type: 3 })),
    '/object': x(makeElf({ type: 1 })),
    '/noload': x(makeElf({ type: 3, segments: [{ type: 4 }] })),
    '/big-script': x(`#!/bin/loader\n${'#'.repeat(3000)}`),
  };
  const cases = names.map((interp, i) => elf(`loader ${i} ${JSON.stringify(interp).slice(0, 40)}`, { interp }, nodes));
  const segments: [string, Segment][] = [
    ['of 0 bytes', { filesz: 0n }],
    ['of 1 byte', { filesz: 1n }],
    ['of 2 bytes', { filesz: 2n }],
    ['without its NUL', { filesz: 5n }],
    ['of 4096 bytes', { filesz: 4096n }],
    ['of 4097 bytes', { filesz: 4097n }],
    ['at a negative offset', { offset: 1n << 63n }],
    ['at the last offset', { offset: (1n << 63n) - 1n }],
    ['at offset -1', { offset: (1n << 64n) - 1n }],
    ['past the end', { offset: 0x10000n }],
    ['at the last possible offset', { offset: (1n << 63n) - 13n }],
    ['one past it', { offset: (1n << 63n) - 12n }],
    ['that sticks out', { filesz: 100n }],
    ['that begins with NUL', { offset: 8n, filesz: 8n }],
    ['with odd flags', { flags: 0 }],
  ];
  const foreignMain = elf('foreign with a missing loader', { machine: 183, interp: '/missing' });
  return [
    ...cases,
    ...segments.map(([id, interpSegment]) => elf(`PT_INTERP ${id}`, { interp: '/bin/loader', interpSegment })),
    foreignMain,
    elf('second PT_INTERP is ignored', { interp: '/bin/loader', segments: [{}, { type: 3, offset: 0n, filesz: 1n }] }),
    elf('missing loader before a bad segment', { interp: '/missing', segments: [{ offset: 1n }] }),
    elf('loader and no segment', { interp: '/bin/loader', segments: [] }),
    elf('loader and a wild entry', { interp: '/bin/loader', entry: 5n }),
    elf('position independent with a loader', { type: 3, interp: '/bin/loader' }),
    elf(
      'loader with its own missing loader',
      { interp: '/ld' },
      { '/ld': x(makeElf({ type: 3, interp: '/missing' })) },
    ),
    elf(
      'fixed loader elsewhere',
      { interp: '/ld' },
      {
        '/ld': x(makeElf({ segments: [{ vaddr: 0x10000000n }], entry: 0x10000400n })),
      },
    ),
    script('with a dynamic interpreter whose loader is missing', '#!/dyn\n', {
      '/dyn': x(makeElf({ interp: '/missing' })),
    }),
    script('with a dynamic interpreter whose loader is text', '#!/dyn\n', {
      '/dyn': x(makeElf({ interp: '/bin/text' })),
    }),
  ];
}

/** Layouts: what fails after the point of no return, and what does not. */
function layouts(): [string, ElfRecipe][] {
  const top = 0x7ffffffff000n;
  const data = (segment: Segment): ElfRecipe => ({
    segments: [{}, { flags: 6, vaddr: 0x600000n, filesz: 0x10n, ...segment }],
  });
  return [
    ['no segment', { segments: [] }],
    ['no loadable segment', { segments: [{ type: 4 }] }],
    ['no loadable segment, position independent', { type: 3, segments: [{ type: 4 }] }],
    ['offset not congruent', { segments: [{ offset: 1n }] }],
    ['offset not congruent to the address', { segments: [{ vaddr: 0x400010n }] }],
    ['larger in the file', { segments: [{ memsz: 1n }] }],
    ['below mmap_min_addr', { segments: [{ vaddr: 0n }], entry: 0x400n }],
    ['at 4096', { segments: [{ vaddr: 0x1000n }], entry: 0x1400n }],
    ['at 65536', { segments: [{ vaddr: 0x10000n }], entry: 0x10400n }],
    ['at 61440', { segments: [{ vaddr: 0xf000n }], entry: 0xf400n }],
    ['at the top', { segments: [{ vaddr: top }] }],
    ['one page below the top', { segments: [{}, { vaddr: top - 0x1000n }] }],
    ['reaching over the top', { segments: [{}, { vaddr: top - 0x1000n, filesz: 0x1001n }] }],
    ['overlapping', { segments: [{}, {}] }],
    ['overlapping by a page', { segments: [{ filesz: 0x1500n }, { vaddr: 0x401000n }] }],
    ['overlapping, in the other order', { segments: [{ vaddr: 0x401000n }, { filesz: 0x1500n }] }],
    ['overlapping, position independent', { type: 3, segments: [{ filesz: 0x1500n }, { vaddr: 0x1000n }] }],
    ['replaced by data', { segments: [{}, { flags: 6 }] }],
    ['overlapping bss', { segments: [{ flags: 7, memsz: 0x3000n }, { vaddr: 0x401000n }] }],
    ['overlapped by bss', { segments: [{}, { vaddr: 0x3ff000n, flags: 6, filesz: 0x100n, memsz: 0x1800n }] }],
    ['overlapping an empty one', { segments: [{}, { vaddr: 0x400000n, filesz: 0n, memsz: 0x10n, flags: 6 }] }],
    ['in descending order', { segments: [{ vaddr: 0x600000n }, {}] }],
    ['in descending order, position independent', { type: 3, segments: [{ vaddr: 0x200000n }, {}] }],
    ['not executable', { segments: [{ flags: 4 }] }],
    ['writable only', { segments: [{ flags: 2 }] }],
    ['executable only', { segments: [{ flags: 1 }] }],
    ['no flags', { segments: [{ flags: 0 }] }],
    ['all flags', { segments: [{ flags: 7 }] }],
    ['odd alignment', { segments: [{ align: 3n }] }],
    ['no alignment', { segments: [{ align: 0n }] }],
    ['huge alignment, fixed', { segments: [{ align: 1n << 47n }] }],
    ...[21n, 40n, 45n, 46n, 47n, 48n, 63n].flatMap((bits): [string, ElfRecipe][] => [
      [`alignment 2^${bits}, position independent`, { type: 3, segments: [{ align: 1n << bits }] }],
      [
        `alignment 2^${bits}, position independent with loader`,
        { type: 3, interp: '/bin/loader', segments: [{ align: 1n << bits }] },
      ],
    ]),
    ['position independent', { type: 3 }],
    ['position independent at an address', { type: 3, segments: [{ vaddr: 0x400000n }], entry: 0x400400n }],
    ['position independent at the top', { type: 3, segments: [{ vaddr: top }] }],
    ['position independent, empty', { type: 3, segments: [{ filesz: 0n }] }],
    ['position independent, wide span', { type: 3, segments: [{}, { vaddr: 1n << 46n }] }],
    ['position independent, too wide span', { type: 3, segments: [{}, { vaddr: top - 0x1000n }] }],
    ['empty and fixed', { segments: [{}, { vaddr: 0x600000n, filesz: 0n }] }],
    ['empty at address 0', { segments: [{}, { vaddr: 0n, filesz: 0n }] }],
    ['empty with bss at address 0', { segments: [{}, { vaddr: 0n, filesz: 0n, memsz: 1n, flags: 6 }] }],
    ['bss', data({ memsz: 0x100000n })],
    ['bss only', data({ filesz: 0n, memsz: 0x5000n })],
    ['bss not writable', data({ flags: 4, memsz: 0x5000n })],
    ['bss of 2^47', data({ memsz: 1n << 47n })],
    ['bss of 2^63', data({ memsz: 1n << 63n })],
    ['bss of 2^64-1', data({ memsz: (1n << 64n) - 1n })],
    ['data past the end with bss', data({ offset: 0x10000n, memsz: 0x20n })],
    ['data past the end with bss from a page on', data({ offset: 0x10000n, filesz: 0x1000n, memsz: 0x2000n })],
    ['data past the end with bss, not writable', data({ offset: 0x10000n, flags: 4, memsz: 0x20n })],
    ['data past the end without bss', data({ offset: 0x10000n })],
    ['data at the largest offset', data({ offset: 0x7ffffffffffff000n })],
    ['data at a negative offset', data({ offset: 0xfffffffffffff000n })],
    ['data at 2^63', data({ offset: 1n << 63n })],
    ['data at half of it', data({ offset: 1n << 62n })],
    ['code in bss', { segments: [{ filesz: 0x100n, memsz: 0x800n, flags: 7 }] }],
    ['code in bss, not writable', { segments: [{ filesz: 0x100n, memsz: 0x800n }] }],
    ['code past the segment but in its page', { segments: [{ filesz: 0x100n }] }],
    ['code in a page past the end', { segments: [{ filesz: 0x3000n }], entry: 0x402000n }],
    ['zeros at the entry', { size: 0x1000, entry: 0x400800n }],
    ['entry past the last byte', { entry: 0x400800n }],
    ['code truncated', { size: 0x200 }],
    ['file of exactly its headers', { size: 120 }],
  ];
}

function layoutCases(): Case[] {
  const all = layouts();
  return all.flatMap(([id, recipe]) => {
    const main = elf(`layout: ${id}`, recipe);
    if (recipe.interp !== undefined || recipe.type === 3) return [main];
    const shifted = { ...recipe, entry: recipe.entry };
    const loader = makeElf(Object.fromEntries(Object.entries(shifted).filter(([, value]) => value !== undefined)));
    const away = makeElf({ type: 3, interp: '/ld' });
    return [main, make(`elf layout of a loader: ${id}`, { '/app': x(away), '/ld': x(loader) })];
  });
}

function narrow(): Case[] {
  return [
    elf('32-bit', { bits: 32 }),
    elf('32-bit i486', { bits: 32, machine: 6 }),
    elf('32-bit with phentsize 56', { bits: 32, phentsize: 56 }),
    elf('32-bit with a 64-bit loader', { bits: 32, interp: '/bin/loader' }),
    elf('32-bit with a 32-bit loader', { bits: 32, interp: '/ld' }, { '/ld': x(makeElf({ bits: 32, type: 3 })) }),
    elf('32-bit with a missing loader', { bits: 32, interp: '/missing' }),
    elf('32-bit with a loader of 51 bytes', { bits: 32, interp: '/ld' }, { '/ld': x('x'.repeat(51)) }),
    elf('32-bit with a loader of 52 bytes', { bits: 32, interp: '/ld' }, { '/ld': x('x'.repeat(52)) }),
    elf('32-bit not executable', { bits: 32, segments: [{ flags: 4 }] }),
    elf('32-bit not executable, with PT_GNU_STACK', {
      bits: 32,
      segments: [{ flags: 4 }, { type: 0x6474e551, flags: 6, filesz: 0n }],
    }),
    elf('x32', { bits: 32, machine: 62 }),
  ];
}

/** A small generator with a fixed seed (numerical recipes), so that every run has the same cases. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const EDGES = [0, 1, 2, 3, 4, 0x10, 0x38, 0x40, 0x7f, 0x80, 0xff];

/** Programs with some bytes of their headers changed. */
function mutations(count: number): Case[] {
  const pick = generator(20261121);
  const bases: ElfRecipe[] = [
    {},
    { type: 3 },
    { interp: '/bin/loader' },
    { type: 3, interp: '/bin/loader' },
    { segments: [{}, { flags: 6, vaddr: 0x600000n, memsz: 0x3000n }] },
  ];
  return Array.from({ length: count }, (_, i) => {
    const bytes = makeElf(bases[pick(bases.length)]);
    const end = 64 + 56 * 2;
    for (let changes = 1 + pick(3); changes > 0; changes -= 1) {
      bytes[4 + pick(end - 4)] = pick(2) ? (EDGES[pick(EDGES.length)] ?? 0) : pick(256);
    }
    const asLoader = pick(3) === 0;
    const nodes = asLoader ? { '/app': x(makeElf({ type: 3, interp: '/ld' })), '/ld': x(bytes) } : { '/app': x(bytes) };
    return { ...make(`elf mutation ${i}`, nodes), loose: true };
  });
}

/** The machine's own env and what it needs, as far as they are there. */
function ownEnv(): Record<string, Node> {
  const paths = ['/usr/bin/env', '/lib64/ld-linux-x86-64.so.2', '/lib/x86_64-linux-gnu/libc.so.6', '/bin/sh'];
  return Object.fromEntries(paths.map((path) => [path, x(readFileSync(path))]));
}

/** Scripts that go through env; without the machine's env there are none. */
function envs(): Case[] {
  if (!existsSync('/usr/bin/env') || !existsSync('/lib/x86_64-linux-gnu/libc.so.6')) return [];
  const own = ownEnv();
  const args = [
    'ok',
    '/bin/ok',
    'missing',
    '/missing',
    'ok\r',
    'noexec',
    '/bin/noexec',
    '/bin',
    'text',
    'empty',
    'ok -e',
    '-S ok -e',
    '-S ok\r',
    "-S 'ok' x",
    '-S "ok" x',
    '-S A=b ok',
    '-S -i ok',
    '-S -i missing',
    '-S -u PATH ok',
    '-S PATH=/sub ok',
    '-S PATH=/nowhere ok',
    '-S\\_ok',
    '-Sok',
    '-vS ok',
    '--split-string=ok',
    '--bogus',
    '-S missing x',
    'other',
    'loop',
    '',
    'A=b ok',
    'dyn',
    'badld',
    'foreign',
  ];
  const nodes: Record<string, Node> = {
    ...own,
    '/bin/other': x('#!/usr/bin/env ok\n'),
    '/bin/loop': x('#!/usr/bin/env other2\n'),
    '/bin/other2': x('#!/usr/bin/env missing\n'),
    '/bin/dyn': x(makeElf({ interp: '/missing' })),
    '/bin/badld': x(makeElf({ interp: '/bin/text' })),
  };
  return args.map((arg) => script(`env ${JSON.stringify(arg)}`, `#!/usr/bin/env ${arg}\n`, nodes));
}

/** Every case, always the same ones in the same order. */
export function allCases(): readonly Case[] {
  return [
    ...lines(),
    ...lengths(),
    ...nesting(),
    ...modes(),
    ...paths(),
    ...links(),
    ...headers(),
    ...loaders(),
    ...envs(),
    ...layoutCases(),
    ...narrow(),
    ...mutations(600),
  ];
}
