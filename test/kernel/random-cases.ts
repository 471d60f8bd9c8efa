import type { Case, Node } from './differential-cases.ts';
import { type ElfRecipe, makeElf, type Segment } from './make-elf.ts';
import { chance, generator, one, type Pick } from './pick.ts';

const x = (file: string | Uint8Array, mode = 0o755): Node => ({ file, mode });
const EXIT_0 = makeElf();
const ENDS: Readonly<Record<string, Node>> = {
  '/bin/ok': x(EXIT_0),
  '/bin/foreign': x(makeElf({ machine: 183 })),
  '/bin/text': x('echo hello\n'),
  '/bin/empty': x(''),
  '/bin/noexec': x(EXIT_0, 0o644),
  '/bin/object': x(makeElf({ type: 1 })),
  '/bin/badld': x(makeElf({ interp: '/bin/text' })),
  '/bin/nold': x(makeElf({ interp: '/missing' })),
  '/bin/dyn': x(makeElf({ interp: '/bin/ld' })),
  '/bin/ld': x(makeElf({ type: 3 })),
  '/bin/narrow': x(makeElf({ bits: 32 })),
  '/bin/link': { link: 'ok' },
  '/bin/loop': { link: 'loop' },
  '/bin/dangling': { link: '../nothing' },
  '/d': { directory: true },
  '/fifo': { fifo: true },
};
const TARGETS = [...Object.keys(ENDS), '/missing', '/bin/ok/', '/bin/ok/x', 'bin/ok', './bin/ok', 'ok', '/', '.', '..'];

const latin1 = new TextDecoder('latin1');

function textOf(node: Node): string {
  if ('link' in node) return node.link;
  if (!('file' in node)) return '';
  return typeof node.file === 'string' ? node.file : latin1.decode(node.file);
}

/** Those of the common files that a case can come to: everything else would only have to be written to the disk. */
function reachable(nodes: Record<string, Node>, name: string): Record<string, Node> {
  let text = [name, ...Object.values(nodes).map(textOf)].join(' ');
  const found: Record<string, Node> = { '/bin/ok': ENDS['/bin/ok'] as Node };
  for (const [path, node] of Object.entries(ENDS).toReversed()) {
    if (!text.includes(path.split('/').at(-1) ?? '')) continue;
    found[path] = node;
    text += textOf(node);
  }
  return found;
}

const make = (id: string, nodes: Record<string, Node>, more: Partial<Case> = {}): Case => ({
  id,
  nodes: {
    ...reachable(nodes, more.name ?? ''),
    ...nodes,
    [more.cwd === '/d' ? '/d' : '/bin/ok']: ENDS[more.cwd === '/d' ? '/d' : '/bin/ok'] as Node,
  },
  name: '/app',
  cwd: '/',
  uid: 0,
  gid: 0,
  loose: false,
  ...more,
});

const BLANKS = ['', ' ', '\t', '  ', ' \t ', '\v', '\f', '\r', '\0', '\u00a0'];
const LINE_ENDS = [
  '\n',
  '\r\n',
  '',
  '\0\n',
  ' \n',
  ' \r\n',
  '\t\n',
  '\nrest\n',
  '\n\0',
  '\r',
  ' a\n',
  ' a b\r\n',
  ' -e\r\n',
];
const PREFIXES = [
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  ' #!',
  '\n#!',
  '\ufeff#!',
  '#',
  '!',
  '# !',
  '\0#!',
  '##!',
];

function shebang(pick: Pick, target: string): string {
  const blank = chance(pick, 30) ? one(pick, BLANKS) : '';
  const filler = chance(pick, 15) ? ' '.repeat(pick(260)) : '';
  const long = chance(pick, 10) ? `/${'./'.repeat(pick(130))}` : '';
  const name = long === '' ? target : `${long}${target.replace(/^\//, '')}`;
  return `${one(pick, PREFIXES)}${filler}${blank}${name}${one(pick, LINE_ENDS)}`;
}

function scripts(pick: Pick, id: string): Case {
  let text = shebang(pick, one(pick, TARGETS));
  if (chance(pick, 10)) text += 'x'.repeat(pick(300));
  const bytes = new TextEncoder().encode(text);
  for (let changes = chance(pick, 15) ? 1 + pick(2) : 0; changes > 0; changes -= 1)
    bytes[pick(bytes.length)] = pick(256);
  return make(id, { '/app': x(bytes) }, { cwd: one(pick, ['/', '/', '/bin', '/d']) });
}

function chains(pick: Pick, id: string): Case {
  const depth = 1 + pick(7);
  const nodes: Record<string, Node> = {};
  for (let i = 1; i <= depth; i += 1) {
    const next = i === depth ? one(pick, [...TARGETS, '/bin/ok', '/bin/ok', '/s1', '/s2']) : `/s${i + 1}`;
    const via = `/l${i}`;
    if (chance(pick, 25)) nodes[via] = { link: one(pick, [next, next.replace(/^\//, '') || '/']) };
    const names = nodes[via] ? via : next;
    nodes[`/s${i}`] = x(
      `#!${names}${one(pick, ['\n', ' -a\n', '', ' \r\n', '\n', '\n'])}`,
      chance(pick, 4) ? 0o644 : 0o755,
    );
  }
  return make(id, nodes, { name: '/s1' });
}

const NUMBERS = [
  0n,
  1n,
  2n,
  0x10n,
  0x38n,
  0x40n,
  0x78n,
  0xfffn,
  0x1000n,
  0x1001n,
  0x2000n,
  0x10000n,
  0x400000n,
  0x401000n,
];
const FAR = [
  0x7ffffffde000n,
  0x7fffffffe000n,
  0x7ffffffff000n,
  1n << 47n,
  1n << 48n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];
const value = (pick: Pick) => one(pick, chance(pick, 75) ? NUMBERS : FAR);

function segment(pick: Pick, base: bigint): Segment {
  const at = base + 0x1000n * BigInt(pick(6));
  const wild = chance(pick, 25);
  const part: Record<string, bigint | number> = { vaddr: at, flags: one(pick, [5, 6, 4, 7, 1, 2, 3, 0]) };
  if (chance(pick, 60)) part.offset = wild ? value(pick) : 0x1000n * BigInt(pick(3));
  if (chance(pick, 60)) part.filesz = wild ? value(pick) : BigInt(pick(0x3000));
  if (chance(pick, 50)) part.memsz = wild ? value(pick) : BigInt(part.filesz ?? 0x400) + BigInt(pick(0x3000));
  if (wild && chance(pick, 30)) part.vaddr = value(pick);
  if (chance(pick, 15)) part.align = value(pick);
  if (chance(pick, 8)) part.type = one(pick, [0, 2, 4, 6, 7, 0x6474e550, 0x6474e551, 0x6474e553, 0x70000000]);
  return part;
}

const EDGES = {
  elfClass: [0, 1, 2, 3, 255],
  data: [0, 1, 2, 255],
  version: [0, 1, 2, 255],
  osabi: [0, 3, 9, 255],
  type: [0, 1, 2, 3, 4, 0xfe00, 0xff00],
  machine: [0, 2, 3, 6, 8, 20, 21, 22, 40, 62, 183, 243, 258, 0x3e00, 0xffff],
  flags: [0, 1, 0x5000000, 0xffffffff],
  phentsize: [0, 32, 55, 56, 57, 64],
  phnum: [0, 1, 2, 3, 16, 73, 74, 1170, 1171, 2048, 0xffff],
} as const;

function recipe(pick: Pick): ElfRecipe {
  const type = chance(pick, 50) ? 2 : 3;
  const base = type === 2 ? 0x400000n : 0n;
  const made: Record<string, unknown> = { type };
  if (chance(pick, 20)) made.bits = 32;
  for (const [key, values] of Object.entries(EDGES)) if (chance(pick, 4)) made[key] = one<number>(pick, values);
  if (chance(pick, 60)) {
    const count = 1 + pick(3);
    made.segments = [...(chance(pick, 75) ? [{}] : []), ...Array.from({ length: count }, () => segment(pick, base))];
  }
  if (chance(pick, 10)) made.phoff = value(pick);
  if (chance(pick, 10)) made.entry = value(pick);
  if (chance(pick, 20)) made.size = one(pick, [pick(600), pick(3000), 0x1000, 0x2000, 0x3000, 0x5000]);
  return made;
}

/** A file of nops that ends in exit(0), so that it does not matter where in it the program begins. */
function withSled(bytes: Uint8Array, headers: number): Uint8Array {
  const code = bytes.subarray(0x400, 0x409);
  if (bytes.length < 0x409 || code[0] !== 0x31) return bytes;
  bytes.fill(0x90, headers, 0x400);
  return bytes;
}

function programs(pick: Pick, id: string): Case {
  const made = recipe(pick);
  if (chance(pick, 40)) return make(id, { '/app': x(makeElf(made)) }, { loose: true });
  const interp = one(pick, ['/ld', '/ld', '/ld', '/bin/ld', ...TARGETS, '', 'ld', '/ld\0x']);
  const named: Segment = chance(pick, 15) ? { offset: value(pick), filesz: value(pick) } : {};
  const loader = chance(pick, 60)
    ? makeElf({ type: 3 })
    : makeElf({ ...recipe(pick), ...(chance(pick, 70) && { type: 3 }) });
  const main = makeElf({ ...made, interp, interpSegment: named });
  return make(id, { '/app': x(main), '/ld': x(loader, chance(pick, 5) ? 0o600 : 0o755) }, { loose: true });
}

const BASES: readonly ElfRecipe[] = [
  {},
  { type: 3 },
  { interp: '/bin/ld' },
  { type: 3, interp: '/bin/ld' },
  { bits: 32 },
  { bits: 32, type: 3 },
  { segments: [{}, { flags: 6, vaddr: 0x600000n, memsz: 0x3000n }] },
  { segments: [{}, { type: 0x6474e551, flags: 6, filesz: 0n }] },
  { type: 3, segments: [{}, { vaddr: 0x5000n, flags: 6, filesz: 0x10n, memsz: 0x2010n }] },
];

/** Valid programs with a few bytes of their headers changed; the entry point stays, so what runs must end well. */
function mutations(pick: Pick, id: string): Case {
  const base = one(pick, BASES);
  const wide = base.bits !== 32;
  const headers = (wide ? 64 : 52) + (wide ? 56 : 32) * ((base.segments?.length ?? 1) + (base.interp ? 1 : 0));
  const bytes = withSled(makeElf(base), headers);
  const entry = wide ? [24, 32] : [24, 28];
  let wild = false;
  for (let changes = 1 + pick(3); changes > 0; changes -= 1) {
    const at = pick(headers);
    wild ||= at >= (entry[0] ?? 0) && at < (entry[1] ?? 0);
    // Byte 4 of p_memsz: from 4 GiB to 256 GiB it depends on the machine's memory.
    wild ||= wide && at >= 64 && (at - 64) % 56 === 44;
    bytes[at] = chance(pick, 50) ? one(pick, [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x40, 0x7f, 0x80, 0xff]) : pick(256);
  }
  if (chance(pick, 25)) return make(id, { '/app': x(bytes.subarray(0, pick(bytes.length + 1))) }, { loose: true });
  if (chance(pick, 30)) {
    const main = makeElf({ type: one(pick, [2, 3]), bits: wide ? 64 : 32, interp: '/ld' });
    return make(id, { '/app': x(main), '/ld': x(bytes) }, { loose: true });
  }
  return make(id, { '/app': x(bytes) }, { loose: wild });
}

const MODES = [
  0o755, 0o644, 0o111, 0o100, 0o010, 0o001, 0o700, 0o070, 0o007, 0o000, 0o711, 0o551, 0o666, 0o4755, 0o1777,
];
const IDS = [0, 0, 7, 1000, 1000, 5];

function people(pick: Pick, id: string): Case {
  const owned = (node: { file: string | Uint8Array; mode?: number }): Node => ({
    ...node,
    mode: one(pick, MODES),
    uid: one(pick, IDS),
    gid: one(pick, IDS),
  });
  const nodes: Record<string, Node> = {
    '/home': { directory: true, mode: one(pick, MODES), uid: one(pick, IDS) },
    '/home/in': { directory: true, mode: chance(pick, 70) ? 0o755 : one(pick, MODES), uid: one(pick, IDS) },
    '/home/in/app': owned({ file: one<string | Uint8Array>(pick, [EXIT_0, '#!/home/sh\n', '#!/bin/ok\n', 'text']) }),
    '/home/sh': owned({ file: EXIT_0 }),
    '/short': { link: one(pick, ['/home/in/app', 'home/in/app', '/home/in/../sh', 'home/in']) },
  };
  const name = one(pick, ['/home/in/app', '/short', '/home/in/../in/app', '/home/sh', '/home/in/none', '/short/app']);
  return make(id, nodes, { name, uid: one(pick, IDS), gid: one(pick, IDS) });
}

/** What may come next on a walk, by the last element: mostly something that is there. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  '': ['a', 'a', 'to-a', 'far', 'file', '.', '..'],
  a: ['b', 'b', 'up', 'app', 'self', '..', '.', ''],
  b: ['c', 'c', 'root', 'file', '..'],
  c: ['app', 'app', 'app', '..'],
  up: ['a', 'file', 'far'],
  root: ['a', 'to-a', 'file'],
  'to-a': ['b', 'app', 'up', 'c'],
  far: ['app', 'app', 'file'],
  '..': ['a', 'b', 'app', 'file', '..'],
  '.': ['a', 'b', 'app'],
};
const ANYTHING = ['a', 'none', 'file', '', 'app', '..', 'c'];

function walks(pick: Pick, id: string): Case {
  const nodes: Record<string, Node> = {
    '/a/b/c/app': x(EXIT_0),
    '/a/app': x('#!../bin/ok\n'),
    '/a/up': { link: '..' },
    '/a/b/root': { link: '/' },
    '/to-a': { link: one(pick, ['a', '/a', './a/', 'a/.', 'a/b/..', '../../a']) },
    '/a/self': { link: 'self' },
    '/file': x(EXIT_0),
    '/a/b/file': { link: one(pick, ['../../file', '/file', '/file/', '/file/.', '../file']) },
    '/far': { link: one(pick, ['to-a/b/c', 'to-a/b/root/a/b/c/', 'a/up/a/b', 'none/..', 'file/..']) },
  };
  const elements: string[] = [];
  for (let last = '', left = 2 + pick(8); left > 0; left -= 1) {
    last = chance(pick, 10) ? one(pick, ANYTHING) : one(pick, NEXT[last] ?? ['']);
    if (NEXT[last] === undefined && left > 1 && chance(pick, 90)) left = 1;
    elements.push(last);
  }
  const path = elements.join('/');
  const name = `${chance(pick, 60) ? '/' : one(pick, ['./', '../', 'a/', ''])}${path}${chance(pick, 15) ? '/' : ''}`;
  const cwd = one(pick, ['/', '/a', '/a/b', '/a/b/c']);
  return make(id, nodes, { name: name.includes('/') ? name : `./${name}`, cwd });
}

const HEADS: readonly (readonly number[])[] = [
  [0x4d, 0x5a],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe],
  [0, 0x61, 0x73, 0x6d],
  [0x50, 0x4b, 3, 4],
  [0x1f, 0x8b, 8],
  [0x7f, 0x45, 0x4c],
  [0x7f, 0x45, 0x4c, 0x46],
  [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1],
  [0x21, 0x3c],
  [0x23],
  [0xef, 0xbb, 0xbf, 0x23, 0x21],
  [],
];

function anything(pick: Pick, id: string): Case {
  const bytes = Uint8Array.from({ length: pick(300) }, () =>
    chance(pick, 40) ? one(pick, [0, 32, 10, 47]) : pick(256),
  );
  const whole = new Uint8Array([...one(pick, HEADS), ...bytes]);
  const asInterpreter = chance(pick, 30);
  return make(id, asInterpreter ? { '/app': x('#!/other\n'), '/other': x(whole) } : { '/app': x(whole) }, {
    loose: true,
  });
}

const FAMILIES = { scripts, chains, programs, mutations, people, walks, anything };

/** `count` cases, the same ones for the same seed, each family in turn. */
export function randomCases(seed: number, count: number): readonly Case[] {
  const families = Object.entries(FAMILIES);
  return Array.from({ length: count }, (_, i) => {
    const [name, family] = families[i % families.length] as (typeof families)[number];
    return family(generator(seed * 1_000_003 + i), `${name} ${seed}/${i}`);
  });
}
