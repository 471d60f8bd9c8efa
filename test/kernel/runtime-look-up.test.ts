import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { directoryTree } from '../../adapters/files/directory-tree.ts';
import { errnoFromText } from '../../src/kernel/errno-from-text.ts';
import { execve } from '../../src/kernel/execve.ts';
import { runOver } from '../../src/kernel/file-tree.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { suite } from '../lab/requirements.ts';
import { makeElf } from './make-elf.ts';
import { chance, generator, one, type Pick } from './pick.ts';

const MADE_UP = 100;

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  '/bin/ok': makeElf(),
  '/bin/prog': makeElf(),
  '/p1/prog': 'text\n',
  '/p2/prog/file': '',
  '/p3/crlf': '#!/bin/ok\r\n',
  '/p4/prog': makeElf({ machine: 183 }),
  '/sub/prog': makeElf(),
  '/sub/bin/ok': makeElf(),
  '/app': makeElf({ interp: '/bin/text' }),
  '/bin/text': 'x'.repeat(100),
  '/short': makeElf({ interp: '/p3/empty' }),
  '/p3/empty': '',
};
const MODES: Readonly<Record<string, number>> = { '/p1/prog': 0o755, '/p5/prog': 0o644 };
const LINKS = { '/p6': 'sub', '/p7/prog': '/bin/ok', '/p8/prog': 'prog', '/bin/gone': '/nowhere' };
const ELEMENTS = [
  '/bin',
  '/p1',
  '/p2',
  '/p3',
  '/p4',
  '/p5',
  '/p6',
  '/p7',
  '/p8',
  '',
  '.',
  'sub',
  'bin',
  '/missing',
  '/bin/ok',
  ' /bin',
];
const NAMES = [
  'prog',
  'prog',
  'prog',
  'ok',
  'crlf',
  'missing',
  'gone',
  '.',
  '..',
  './prog',
  'sub/prog',
  '/bin/prog',
  '/app',
  '/short',
  '/p2/prog',
  '/bin/ok/x',
  '/p8/prog',
  '/p5/prog',
  `/${'n'.repeat(300)}`,
];

interface Look {
  readonly name: string;
  readonly path: string;
  readonly cwd: string;
}

const FIXED: readonly Look[] = NAMES.flatMap((name) => [
  { name, path: '/bin', cwd: '/' },
  { name, path: '/p5:/p1:/bin', cwd: '/sub' },
]);

function madeUp(pick: Pick): Look {
  const elements = Array.from({ length: 1 + pick(4) }, () => one(pick, ELEMENTS));
  // Not the dots: Go before 1.24.6 finds `.` where an element of PATH is itself a program (CVE-2025-47906).
  const name = chance(pick, 70) ? 'prog' : one(pick, NAMES).replace(/^\.+$/, 'missing');
  return { name, path: elements.join(':'), cwd: one(pick, ['/', '/sub', '/bin']) };
}

/** The configuration of the OCI runtime specification that `runc spec` writes, as far as execve is concerned. */
const specOf = ({ name, path, cwd }: Look, rootfs: string) => ({
  ociVersion: '1.0.2',
  process: {
    user: { uid: 0, gid: 0 },
    args: [name],
    env: [`PATH=${path}`],
    cwd,
    capabilities: { bounding: ['CAP_DAC_OVERRIDE'], effective: ['CAP_DAC_OVERRIDE'], permitted: ['CAP_DAC_OVERRIDE'] },
  },
  root: { path: rootfs, readonly: true },
  mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
  linux: { namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })) },
});

const failed = (model: Outcome) => model.errno !== null;

suite('the kernel model against runc', ['engine', 'x86-64'], () => {
  let folder = '';
  let rootfs = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'runc-'));
    rootfs = join(folder, 'rootfs');
    const place = (path: string, make: (at: string) => void) => {
      mkdirSync(join(rootfs, dirname(path)), { recursive: true });
      make(join(rootfs, path));
    };
    mkdirSync(join(rootfs, 'proc'), { recursive: true });
    for (const [path, content] of Object.entries({ ...FILES, '/p5/prog': makeElf() })) {
      place(path, (at) => writeFileSync(at, content, { mode: MODES[path] ?? 0o755 }));
    }
    for (const [path, to] of Object.entries(LINKS)) place(path, (at) => symlinkSync(to, at));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (look: Look, id: string): SpawnSyncReturns<string> => {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(specOf(look, rootfs)));
    const args = ['--root', join(folder, 'state'), 'run', '--bundle', folder, `execfmt-${process.pid}-${id}`];
    return spawnSync('runc', args, {
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: `${process.env.PATH}:/usr/sbin` },
    });
  };

  it('agrees on every look-up and every refusal, and reads the runtime’s words', { timeout: 120_000 }, () => {
    const looks = [...FIXED, ...Array.from({ length: MADE_UP }, (_, i) => madeUp(generator(i)))];
    const differences = looks.flatMap((look, i) => {
      const { status, stderr } = run(look, String(i));
      const request = { argv: [look.name], path: look.path, cwd: look.cwd, uid: 0, gid: 0 };
      const host = {
        os: 'linux',
        arch: 'amd64',
        variant: null,
        pageSize: 4096,
        compat32: null,
        kernel: null,
        binfmt: null,
        mmapMinAddr: null,
        vaBits: null,
      };
      const model = runOver(directoryTree(rootfs), execve(request, host));
      const said = errnoFromText(stderr)?.errno ?? `status ${status} ${stderr}`;
      const expected = failed(model) ? model.outcome : 'status 0 ';
      return said === expected
        ? []
        : [`${JSON.stringify(look)}: the model says ${expected} (${model.because}), runc ${said}`];
    });
    expect(differences).toEqual([]);
  });
});
