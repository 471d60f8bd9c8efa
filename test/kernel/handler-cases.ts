import type { BinfmtHandler } from '../../src/kernel/host.ts';
import type { Case, Node } from './differential-cases.ts';
import { makeElf } from './make-elf.ts';
import { chance, generator, one, type Pick } from './pick.ts';

const x = (file: string | Uint8Array, mode = 0o755): Node => ({ file, mode });
const EXIT_0 = makeElf();
const FOREIGN = makeElf({ machine: 183 });
const ELF_MAGIC = EXIT_0.slice(0, 20);
const FOREIGN_MAGIC = FOREIGN.slice(0, 20);
/** As Debian registers qemu-aarch64: EI_OSABI is not compared, and e_type may be 2 or 3. */
const FOREIGN_MASK = Uint8Array.from(FOREIGN_MAGIC, (_, at) => (at === 7 ? 0 : at === 16 ? 0xfe : 0xff));

const NODES: Readonly<Record<string, Node>> = {
  '/bin/ok': x(EXIT_0),
  '/bin/ok.sh': x(EXIT_0),
  '/bin/foreign': x(FOREIGN),
  '/bin/script': x('#!/bin/ok\n'),
  '/bin/script.sh': x('#!/bin/ok.sh\n'),
  '/bin/text': x('text\n'),
  '/bin/noexec': x(EXIT_0, 0o644),
  '/bin/nold': x(makeElf({ interp: '/missing' })),
  '/bin/dyn': x(makeElf({ interp: '/bin/foreign' })),
  '/opt/x.sh/app': x(FOREIGN),
  '/opt/app.sh': x('text\n'),
  '/opt/app.SH': x('text\n'),
  '/opt/.sh': x('text\n'),
  '/opt/app.': x('text\n'),
  '/opt/link.sh': { link: '../bin/text' },
  '/opt/link': { link: 'app.sh' },
  '/opt/closed.sh': x('text\n', 0o644),
  '/opt/short': x(FOREIGN.slice(0, 19)),
  '/opt/shorter': x(FOREIGN.slice(0, 18)),
  '/opt/osabi': x(makeElf({ machine: 183, osabi: 9 })),
  '/opt/shared': x(makeElf({ machine: 183, type: 3 })),
  '/opt/object': x(makeElf({ machine: 183, type: 1 })),
  '/opt/foreign-script': x('#!/bin/foreign\n'),
  '/opt/foreign-loader': x(makeElf({ interp: '/bin/foreign' })),
  '/opt/chain1': x('#!/opt/chain2\n'),
  '/opt/chain2': x('#!/opt/chain3\n'),
  '/opt/chain3': x('#!/opt/chain4\n'),
  '/opt/chain4': x('#!/bin/foreign\n'),
  '/d': { directory: true },
};
const NAMES = Object.keys(NODES).filter(
  (path) => path.startsWith('/opt') || path === '/bin/foreign' || path === '/bin/ok',
);
const INTERPRETERS = ['/bin/ok', '/bin/ok', '/bin/ok', '/bin/script', '/bin/ok.sh', '/bin/script.sh', '/missing', '/d'];
const ODD = ['/bin/noexec', '/bin/text', '/bin/foreign', '/bin/nold', '/bin/dyn', 'bin/ok', '/bin/ok/'];

function handler(pick: Pick, name: string): BinfmtHandler {
  const byName = chance(pick, 35);
  const flags = one(pick, ['', '', '', 'P', 'O', 'C', 'OC', 'POC', 'F', 'F', 'POCF']);
  const interpreter = flags.includes('F') ? '/bin/ok' : one(pick, chance(pick, 70) ? INTERPRETERS : ODD);
  return {
    name,
    enabled: !chance(pick, 12),
    interpreter,
    flags,
    match: byName ? { kind: 'extension', extension: one(pick, ['sh', 'sh', 'SH', 'py', 'x']) } : magic(pick),
  };
}

function magic(pick: Pick): BinfmtHandler['match'] {
  const whole = one(pick, [FOREIGN_MAGIC, FOREIGN_MAGIC, FOREIGN_MAGIC, ELF_MAGIC, new TextEncoder().encode('text\n')]);
  const offset = chance(pick, 25) ? pick(whole.length) : 0;
  const bytes = whole.slice(offset, chance(pick, 30) ? offset + 1 + pick(whole.length - offset) : undefined);
  const masked = chance(pick, 50);
  const mask = whole === FOREIGN_MAGIC ? FOREIGN_MASK.slice(offset, offset + bytes.length) : bytes.slice().fill(0xff);
  if (masked && chance(pick, 20)) mask[pick(mask.length)] = pick(256);
  return { kind: 'magic', offset, magic: bytes, mask: masked ? mask : null };
}

/** `count` cases with up to three handlers registered, the same ones for the same seed. */
export function handlerCases(seed: number, count: number): readonly Case[] {
  return Array.from({ length: count }, (_, i) => {
    const pick = generator(seed * 1_000_003 + i);
    const handlers = Array.from({ length: pick(4) }, (_unused, at) => handler(pick, `h${at}`));
    const name = one(pick, NAMES);
    return { id: `handlers ${seed}/${i}`, nodes: NODES, name, cwd: '/', uid: 0, gid: 0, loose: false, handlers };
  });
}
