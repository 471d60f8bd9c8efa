import type { Node } from '../../kernel/differential-cases.ts';
import { elfOf } from '../dialects.ts';
import type { Dice } from '../dice.ts';
import { type Family, make, x } from './case.ts';

/** Names that may stand in a `#!` line, most of them of files that are there. */
const NAMES = [
  '/bin/ok',
  '/bin/ok',
  '/bin/ok',
  'bin/ok',
  'ok',
  './bin/ok',
  '../bin/ok',
  '/bin/../bin/ok',
  '//bin//ok',
  '/bin/ok/',
  '/bin/ok/.',
  '/bin',
  '/bin/',
  '/',
  '.',
  '',
  '/missing',
  '/missing/..',
  '/bin/text',
  '/bin/empty',
  '/bin/foreign',
  '/bin/narrow',
  '/bin/noexec',
  '/app',
  '/bin/loader',
  '/bin/ok;',
  '"/bin/ok"',
  '/bin/o\\k',
  '~/ok',
  '/bin/ok#',
  '/bin/ok\u00a0',
  '\ufeff/bin/ok',
  '/bin/ok\v',
  '/bin/ok\f',
  '/bin/ok\r',
  '\r',
  '/proc/self/exe',
  '/bin/ok/x',
  '/fifo',
  '/dyn',
  '/badld',
  '/cr\r',
  '/link',
  '/self',
];
const BLANKS = ['', '', '', ' ', '\t', '  ', ' \t ', '\0'];
const STARTS = [
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#!',
  '#! ',
  '\ufeff#!',
  '\n#!',
  ' #!',
  '\0#!',
  '#',
  '!',
  '# !',
];
const ENDS = [
  '\n',
  '\n',
  '\n',
  '\n',
  '',
  '\r\n',
  ' \n',
  '\t\n',
  ' \r\n',
  '\0',
  '\0\n',
  '\nmore\n',
  '\n\0\0',
  '\r',
  ' ',
  '\n#!/missing\n',
];
const ARGUMENTS = ['', '', '', ' -e', ' a b  c ', '\t-x', ' \0y', " 'a", ' a\0b', ' \r', ' -e\r'];

const around = (dice: Dice) => dice.of([1, 2, 3, 100, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 300]);

/** A file of that name whose path is `length` bytes long. */
const longName = (length: number) => `/${'d/'.repeat(20)}${'n'.repeat(Math.max(1, Math.min(length, 290) - 41))}`;

function randomLine(dice: Dice): string {
  const line =
    dice.of(STARTS) + dice.of(BLANKS) + dice.of(NAMES) + dice.of(ARGUMENTS) + dice.of(BLANKS) + dice.of(ENDS);
  return dice.percent(10) ? line + 'x'.repeat(dice.below(300)) : line;
}

/** Random `#!` lines out of parts that each matter to the kernel. */
export const lines: Family = (dice, material) => {
  const nodes: Record<string, Node> = {
    '/app': x(randomLine(dice), dice.percent(90) ? 0o755 : 0o644),
    '/fifo': { fifo: true },
    '/dyn': x(elfOf(material.own, { interp: '/missing' })),
    '/badld': x(elfOf(material.own, { interp: '/bin/text' })),
    '/cr\r': x(material.ok),
    '/link': { link: dice.of(['bin/ok', '/bin/ok', 'missing', '/bin/ok/', 'bin']) },
    '/self': { link: 'self' },
  };
  return make(material, nodes, { cwd: dice.percent(80) ? '/' : '/sub' });
};

/** Lines whose blanks, name or argument end around the 256th byte. */
export const lengths: Family = (dice, material) => {
  const name = longName(around(dice));
  const texts = [
    () =>
      `#!${name}${dice.of(['', '\n', ' ', '\t', '\0', '\r\n', ' arg\n', '\nrest\n', ' '.repeat(40), 'x'.repeat(40)])}`,
    () => `#!${' '.repeat(around(dice))}${dice.of(['', '\n', '\0', '\r\n', '\t\n', '\0\n'])}`,
    () =>
      `#!${dice.of([' ', '\t']).repeat(Math.max(0, around(dice) - dice.below(9)))}/bin/ok${dice.of(['', '\n', ' \n', ' a\n', '\0'])}`,
    () => `#!/bin/ok ${'a'.repeat(Math.max(0, around(dice) - dice.below(12)))}${dice.of(['', '\n', ' b\n'])}`,
    () => `#!${dice.of(['', ' '])}${name}${' '.repeat(dice.below(10))}${dice.of(['', '\n', 'arg\n'])}`,
  ];
  return make(material, { [name]: x(material.ok), '/app': x(dice.of(texts)()) });
};

const LAST = [
  '/bin/ok',
  '/bin/ok',
  '/missing',
  '/bin/noexec',
  '/bin',
  '/bin/text',
  '/bin/foreign',
  '/bin/empty',
  '/s1',
  '/bin/narrow',
  '/dyn',
];

/** Scripts that name scripts, ended by every kind of file. */
export const nesting: Family = (dice, material) => {
  const depth = 1 + dice.below(7);
  const nodes: Record<string, Node> = {
    '/dyn': x(elfOf(material.own, { interp: dice.of(['/missing', '/bin/loader', '/bin/text']) })),
  };
  for (let i = 1; i <= depth; i += 1) {
    const next = i === depth ? dice.of(LAST) : `/s${i + 1}`;
    nodes[`/s${i}`] = x(`#!${next}${dice.of(['\n', ' arg\n', ''])}`, dice.percent(95) ? 0o755 : 0o644);
  }
  return make(material, nodes, { name: '/s1' });
};

const SCRAPS = [
  '#',
  '!',
  '#!',
  ' ',
  '\t',
  '\n',
  '\r',
  '\0',
  '/bin/ok',
  'bin/ok',
  '/',
  '.',
  'ok',
  '-e',
  'x',
  '\v',
  '\\',
  "'",
  'é',
  '/app',
  '/bin/text',
];

/** Scraps of scripts in any order, most of them after a proper beginning. */
export const scraps: Family = (dice, material) => {
  const start = dice.percent(75) ? `#!${dice.of(['', ' ', '/bin/ok'])}` : '';
  const rest = Array.from({ length: dice.below(9) }, () => dice.of(SCRAPS)).join('');
  return make(material, { '/app': x(start + rest) }, { cwd: dice.percent(80) ? '/' : '/bin' });
};
