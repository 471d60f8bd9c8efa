import type { BinfmtHandler } from '../../../src/kernel/host.ts';
import type { Node } from '../../kernel/differential-cases.ts';
import { elfOf } from '../dialects.ts';
import type { Dice } from '../dice.ts';
import { type Family, make, x } from './case.ts';

/** A static program of the guest's own, outside every case's tree: what a handler with flag F may name. */
export const HOST_PROGRAM = '/host/ok';

const IN_TREE = [
  '/bin/ok',
  '/bin/ok',
  '/bin/ok',
  '/missing',
  '/bin',
  '/bin/noexec',
  '/bin/text',
  '/bin/foreign',
  '/stub',
  '/dyn',
  '/link',
  'bin/ok',
  '/bin/narrow',
  '/app',
];
const CONTENTS = ['MAGIC of a file', 'MAGIx of a file', '#!/bin/ok\n', '#!/missing\n', '#!/app2\n', '', 'text'];
const bytes = (text: string) => new TextEncoder().encode(text);

function handler(dice: Dice, index: number, own: Uint8Array, foreign: Uint8Array): BinfmtHandler {
  const outside = dice.percent(30);
  const letters = dice.of(['', '', '', 'P', 'O', 'C', 'OC', 'PO']);
  const offset = dice.of([0, 0, 0, 1, 4, 16, 250, 251]);
  const source = dice.of([bytes('MAGIC'), bytes('MAGIC'), bytes('#!'), own, foreign, foreign, new Uint8Array(255)]);
  const size = dice.of([1, 2, 4, 5, 20]);
  // Of an interpreter outside the container the model knows the identification only: 20 bytes.
  const magic = new Uint8Array(Math.min(size, offset < 20 ? 20 - offset : 256 - offset));
  magic.set(source.subarray(offset, offset + magic.length));
  const mask = dice.percent(50) ? null : magic.map(() => dice.of([0xff, 0xff, 0xff, 0xfe, 0, 0xf0]));
  return {
    name: `h${index}`,
    enabled: dice.percent(88),
    interpreter: outside ? HOST_PROGRAM : dice.of(IN_TREE),
    flags: outside ? `${letters}F` : letters,
    match: dice.percent(35)
      ? { kind: 'extension', extension: dice.of(['py', 'py', 'x', 'PY', 'tar.gz', 'ok']) }
      : { kind: 'magic', offset, magic, mask },
  };
}

/** Registered handlers of every kind and order, and files that they take or leave. */
export const handlers: Family = (dice, material) => {
  const foreign = material.common['/bin/foreign'] as { file: Uint8Array };
  const binfmt = Array.from({ length: 1 + dice.below(3) }, (_, i) => handler(dice, i, material.ok, foreign.file));
  const name = dice.of([
    '/app',
    '/app',
    '/app',
    '/app.py',
    '/app.PY',
    '/x.py/app',
    '/app.x.py',
    '/app.py.x',
    '/app.',
    '/to.py',
    '/app.tar.gz',
  ]);
  const content = dice.percent(50)
    ? dice.of(CONTENTS)
    : dice.of([material.ok, foreign.file, foreign.file, elfOf(material.own, { interp: '/bin/foreign' })]);
  const nodes: Record<string, Node> = {
    '/app2': x('MAGIC two'),
    '/stub': x('#!/bin/ok\n'),
    '/dyn': x(elfOf(material.own, { interp: dice.of(['/missing', '/bin/loader']) })),
    '/link': { link: dice.of(['bin/ok', 'bin/text']) },
    ...(name === '/to.py'
      ? { '/to.py': { link: '/data' }, '/data': x(content) }
      : { [name]: x(content, dice.percent(92) ? 0o755 : dice.of([0o644, 0o111])) }),
  };
  const [uid, cwd] = [dice.of([0, 0, 0, 1000]), dice.of(['/', '/', '/sub'])];
  return make(material, nodes, { name, uid, gid: uid, cwd, binfmt });
};
