import { makeElf } from './make-elf.ts';
import type { Node } from './memory-tree.ts';

/** One tree, and what is executed in it. */
export interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, Node>>;
  readonly file: string;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

const ELF = makeElf();
const OK = { '/bin/ok': { content: ELF } } as const;
const script = (name: string, content: string | Uint8Array, more: Case['files'] = {}): Case => ({
  name: `script: ${name}`,
  files: { ...OK, '/app': { content }, ...more },
  file: '/app',
});
const binary = (name: string, content: Uint8Array, more: Case['files'] = {}): Case => ({
  name: `elf: ${name}`,
  files: { ...OK, '/app': { content }, ...more },
  file: '/app',
});

function scripts(): Case[] {
  const lines = [
    '#!/bin/ok\n',
    '#!/bin/ok',
    '#! /bin/ok\n',
    '#!\t/bin/ok \t\n',
    '#!/bin/ok arg\n',
    '#!/bin/ok arg with blanks  \n',
    '#!/bin/ok\r\n',
    '#!/bin/ok -e\r\n',
    '#!/bin/ok \r\n',
    '#!',
    '#!\n',
    '#! \n',
    '#!  ',
    '#!\0',
    '#! \0x\n',
    '#!\r\n',
    '#!/bin/ok\0x\n',
    '#!/bin/ok\vx\n',
    '#!/bin/"ok"\n',
    '#!bin/ok\n',
    '#!ok\n',
    '#!./bin/ok\n',
    '#!../bin/ok\n',
    '#!/bin\n',
    '#!/bin/\n',
    '#!/nowhere\n',
    '#!/bin/ok/x\n',
    '#!/app\n',
    ' #!/bin/ok\n',
    '\n#!/bin/ok\n',
    '\ufeff#!/bin/ok\n',
    '# !/bin/ok\n',
    'echo hello\n',
    '',
    '<!DOCTYPE html>',
    'version https://git-lfs.github.com/spec/v1\n',
    '!<arch>\n',
    'MZ\x90',
    'PK\x03\x04',
    '\0asm',
  ];
  const cases = lines.map((line) => script(JSON.stringify(line), line));
  for (let length = 240; length <= 262; length += 1) {
    const name = `/${'d'.repeat(length - 3)}`.slice(0, length - 2);
    for (const [what, end] of Object.entries({ newline: '\n', space: ' x\n', eof: '', cr: '\r\n' })) {
      cases.push(script(`name that makes ${length} bytes, then ${what}`, `#!${name}${end}`));
    }
    cases.push(
      script(`${length} blanks`, `#!${' '.repeat(length)}`),
      script(`${length} blanks and newline`, `#!${' '.repeat(length)}\n`),
    );
    cases.push(script(`an argument that is cut at ${length}`, `#!/bin/ok ${'a'.repeat(length)}\n`));
  }
  for (let depth = 1; depth <= 8; depth += 1) {
    for (const last of ['/bin/ok', '/nowhere', '/bin', '/text']) {
      const chain = Object.fromEntries(
        Array.from({ length: depth }, (_, index) => [
          `/s${index}`,
          { content: `#!${index + 1 < depth ? `/s${index + 1}` : last}\n` },
        ]),
      );
      cases.push({
        name: `script: ${depth} deep to ${last}`,
        files: { ...OK, ...chain, '/text': { content: 'text' } },
        file: '/s0',
      });
    }
  }
  const interpreters: Record<string, Node> = {
    empty: { content: '' },
    plain: { content: 'x', mode: 0o644 },
    foreign: { content: makeElf({ machine: 183 }) },
    loop: { link: 'loop' },
    dangling: { link: '/nowhere' },
    good: { link: '/bin/ok' },
  };
  for (const [name, node] of Object.entries(interpreters))
    cases.push(script(`interpreter is ${name}`, `#!/bin/${name}\n`, { [`/bin/${name}`]: node }));
  return cases;
}

function paths(): Case[] {
  const cases: Case[] = [];
  for (const links of [1, 2, 39, 40, 41]) {
    const chain = Object.fromEntries(
      Array.from({ length: links }, (_, index) => [
        `/l${index}`,
        { link: index + 1 < links ? `l${index + 1}` : 'bin/ok' },
      ]),
    );
    cases.push({ name: `path: ${links} links`, files: { ...OK, ...chain }, file: '/l0' });
  }
  const files = {
    ...OK,
    '/dir': { directory: true },
    '/up': { link: '../../../bin' },
    '/slash': { link: '/bin/ok/' },
    '/self': { link: '/self' },
    '/empty/x': { content: '' },
    '/abs': { link: '/bin' },
  } as const;
  for (const file of [
    '/bin/ok',
    '//bin//ok',
    '/bin/./ok',
    '/bin/../bin/ok',
    '/../../bin/ok',
    '/bin/ok/',
    '/bin/ok/.',
    '/bin/ok/..',
    '/dir',
    '/dir/',
    '/nowhere',
    '/nowhere/..',
    '/nowhere/x',
    '/bin/ok/x',
    '/up/ok',
    '/abs/ok',
    '/slash',
    '/self',
    `/${'n'.repeat(255)}`,
    `/${'n'.repeat(256)}`,
    `/${'x/'.repeat(2047)}`,
    `/${'x/'.repeat(2048)}`,
    'bin/ok',
    './bin/ok',
    '../bin/ok',
    '/empty/x',
    '/up/../bin/ok',
  ])
    cases.push({ name: `path: ${file.slice(0, 40)} (${file.length})`, files, file });
  cases.push(
    { name: 'path: relative in a cwd', files, file: './ok', cwd: '/bin' },
    { name: 'path: up from a cwd', files, file: '../ok', cwd: '/bin' },
  );
  return cases;
}

function modes(): Case[] {
  const owners = [
    { uid: 0, gid: 0 },
    { uid: 1000, gid: 1000 },
    { uid: 1001, gid: 1000 },
  ];
  return [0o755, 0o644, 0o111, 0o100, 0o010, 0o001, 0o700, 0o070, 0o007, 0o000, 0o4755].flatMap((mode) =>
    owners.flatMap(({ uid, gid }) => [
      {
        name: `mode ${mode.toString(8)} for ${uid}`,
        files: { '/app': { content: ELF, mode, uid: 1000, gid: 1000 } },
        file: '/app',
        uid,
        gid,
      },
      {
        name: `mode ${mode.toString(8)} of wrong content for ${uid}`,
        files: { '/app': { content: 'text', mode, uid: 1000, gid: 1000 } },
        file: '/app',
        uid,
        gid,
      },
      {
        name: `folder ${mode.toString(8)} for ${uid}`,
        files: { '/d': { directory: true, mode }, '/d/app': { content: ELF } },
        file: '/d/app',
        uid,
        gid,
      },
    ]),
  );
}

function binaries(): Case[] {
  const fields = [
    {},
    { machine: 183 },
    { machine: 3 },
    { machine: 40 },
    { machine: 243 },
    { machine: 0 },
    { class: 0 },
    { class: 1 },
    { class: 3 },
    { data: 2 },
    { data: 0 },
    { type: 1 },
    { type: 0 },
    { type: 4 },
    { type: 3, vaddr: 0n },
    { phentsize: 0 },
    { phentsize: 55 },
    { phentsize: 64 },
    { phnum: 0 },
    { phnum: 2 },
    { phnum: 65535 },
    { phnum: 1171 },
    { phoff: 1_000_000 },
    { phoff: 60 },
    { entry: 0n },
    { entry: 0x500000n },
    { flags: 6 },
    { vaddr: 0x400800n },
    { vaddr: 0n },
    { vaddr: 0x1000n },
    { filesz: 0x1000n, memsz: 0x10n },
    { memsz: 0x2000n },
  ];
  const cases = fields.map((each) =>
    binary(
      JSON.stringify(each, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      makeElf(each),
    ),
  );
  // A cut within the code is not among them: the program gets control, and what the zeros then do is its own affair.
  for (const size of [0, 1, 3, 4, 16, 20, 52, 63, 64, 100, 119, 120, 129])
    cases.push(binary(`cut at ${size}`, ELF.subarray(0, size)));
  const loaders: Record<string, Node> = {
    good: { content: ELF },
    foreign: { content: makeElf({ machine: 183 }) },
    text: { content: 'x'.repeat(100) },
    short: { content: 'x' },
    empty: { content: '' },
    script: { content: `#!/bin/ok\n${'#'.repeat(100)}` },
    plain: { content: ELF, mode: 0o644 },
    folder: { directory: true },
    loop: { link: 'loop' },
    dangling: { link: 'nowhere' },
    i386: { content: makeElf({ machine: 3 }) },
    bad: { content: makeElf({ phentsize: 1 }) },
  };
  for (const [name, node] of Object.entries(loaders))
    cases.push(binary(`loader is ${name}`, makeElf({ interp: `/lib/${name}` }), { [`/lib/${name}`]: node }));
  for (const interp of ['/nowhere', '', 'bin/ok', '/bin/ok/', '/bin/ok/x', ' /bin/ok', `/${'n'.repeat(256)}`])
    cases.push(binary(`loader named ${JSON.stringify(interp).slice(0, 30)}`, makeElf({ interp })));
  return cases;
}

/** All cases, the same in every run. */
export function differentialCases(): readonly Case[] {
  return [...scripts(), ...paths(), ...modes(), ...binaries()];
}
