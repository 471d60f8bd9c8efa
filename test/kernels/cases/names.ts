import type { Node } from '../../kernel/differential-cases.ts';
import { elfOf } from '../dialects.ts';
import type { Dice } from '../dice.ts';
import { type Family, type Material, make, x } from './case.ts';

const MODES = [
  0o755, 0o644, 0o111, 0o100, 0o010, 0o001, 0o700, 0o070, 0o007, 0o000, 0o4755, 0o2755, 0o1777, 0o666, 0o711, 0o677,
];
const USERS = [
  [0, 0],
  [0, 1000],
  [1000, 1000],
  [1000, 5],
  [7, 1000],
  [7, 7],
] as const;

function content(dice: Dice, { ok, own }: Material): string | Uint8Array {
  const texts = ['', '#!/missing\n', '#!/bin/ok\n', 'text', '#!/bin/noexec\n'];
  return dice.percent(60)
    ? ok
    : dice.percent(50)
      ? dice.of(texts)
      : elfOf(own, { interp: dice.of(['/missing', '/bin/loader', '/ld']) });
}

/** Modes and owners of the file, of a directory above it and of a loader, under several users. */
export const modes: Family = (dice, material) => {
  const mode = () => (dice.percent(80) ? dice.of(MODES) : dice.below(0o10000));
  const id = () => dice.of([0, 7, 1000]);
  const [uid, gid] = dice.of(USERS);
  const inside = dice.percent(40);
  const nodes: Record<string, Node> = {
    ...(inside ? { '/d': { directory: true, mode: mode(), uid: id() } } : {}),
    [inside ? '/d/app' : '/app']: { file: content(dice, material), mode: mode(), uid: id(), gid: id() },
    '/ld': { file: elfOf(material.own, { type: 3 }), mode: mode(), uid: id(), gid: id() },
  };
  const name = inside ? dice.of(['/d/app', '/d/app', '/d/missing', '/d/../app', '/d/./app']) : '/app';
  return make(material, nodes, { name, uid, gid });
};

const PARTS = [
  'app',
  'bin',
  'sub',
  'ok',
  '..',
  '.',
  '',
  'missing',
  'link',
  'relative',
  'slash',
  'dot',
  'escape',
  'dangling',
  'self',
  'dirlink',
  'toroot',
  'tofile',
  'deep',
  'er',
  'up',
  'fifo',
  'loop1',
];

const TREE = {
  '/link': { link: '/bin/ok' },
  '/relative': { link: 'bin/ok' },
  '/slash': { link: '/bin/ok/' },
  '/dot': { link: '/bin/ok/.' },
  '/escape': { link: '../../../bin/ok' },
  '/dangling': { link: 'nothing' },
  '/self': { link: 'self' },
  '/loop1': { link: 'loop2' },
  '/loop2': { link: 'loop1/ok' },
  '/dirlink': { link: 'sub' },
  '/deep/er/link': { link: '/sub' },
  '/deep/er/up': { link: '../../bin/ok' },
  '/deep/er/toroot': { link: '../../' },
  '/tofile': { link: 'app' },
  '/toroot': { link: '/' },
  '/bin/relative': { link: 'ok' },
  '/bin/toroot': { link: '..' },
  '/sub/link': { link: '../link' },
  '/fifo': { fifo: true },
} as const;

function long(dice: Dice): string {
  const size = dice.of([254, 255, 256, 257]);
  const total = dice.of([4094, 4095, 4096, 4097]);
  return dice.of([
    `/${'n'.repeat(size)}`,
    `/app/${'n'.repeat(size)}`,
    `/missing/${'n'.repeat(size)}`,
    `/${'é'.repeat(size >> 1)}`,
    `${'/'.repeat(total - 3)}app`,
    `${'/.'.repeat((total - 4) >> 1)}/app`,
    `/bin/${'n'.repeat(size)}/ok`,
  ]);
}

/** Names of every kind: through links, over files, with `..`, with trailing slashes, around the limits. */
export const paths: Family = (dice, material) => {
  const parts = Array.from({ length: 1 + dice.below(4) }, () => dice.of(PARTS));
  const walk = `${dice.of(['/', '/', '/', './', '../', '//'])}${parts.join('/')}${dice.of(['', '', '', '/ok', '/'])}`;
  const name = dice.percent(15) ? long(dice) : walk;
  const app: Node = dice.percent(85) ? x(material.ok) : x(`#!${walk}\n`);
  return make(material, { ...TREE, '/app': app }, { name, cwd: dice.of(['/', '/', '/sub', '/deep/er']) });
};

/** Chains of symbolic links around the forty that the kernel follows, to every kind of file that is opened. */
export const links: Family = (dice, material) => {
  const depth = dice.of([1, 2, 19, 20, 21, 38, 39, 40, 41, 42]);
  const nodes: Record<string, Node> = {};
  const end = dice.of(['bin/ok', '/bin/ok', 'bin/loader', 'missing', 'sub']);
  for (let i = 1; i <= depth; i += 1)
    nodes[`/l${i}`] = { link: i === depth ? end : dice.of([`l${i + 1}`, `/l${i + 1}`, `./l${i + 1}`]) };
  const [name, app] = dice.of<readonly [string, string | Uint8Array]>([
    ['/l1', ''],
    ['/l1/ok', ''],
    ['/app', '#!/l1\n'],
    ['/app', elfOf(material.own, { interp: '/l1' })],
  ]);
  return make(material, { ...nodes, '/app': x(app) }, { name });
};
