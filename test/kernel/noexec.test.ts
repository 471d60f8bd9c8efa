import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { directoryTree } from '../../adapters/files/directory-tree.ts';
import { execve } from '../../src/kernel/execve.ts';
import { runOver, type SyncFileTree } from '../../src/kernel/file-tree.ts';
import { suite } from '../lab/requirements.ts';
import { makeElf } from './make-elf.ts';
import { HOST, hex } from './run-on-kernel.ts';

const EXIT_0 = makeElf();
/** `/m` becomes the noexec mount; `/stage` is what is copied into it. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  '/stage/ok': EXIT_0,
  '/stage/script': '#!/bin/ok\n',
  '/stage/ld': makeElf({ type: 3 }),
  '/stage/foreign': makeElf({ machine: 183 }),
  '/bin/ok': EXIT_0,
  '/bin/by-interpreter': '#!/m/ok\n',
  '/bin/by-loader': makeElf({ interp: '/m/ld' }),
};
const NAMES = ['/bin/ok', '/m/ok', '/m/script', '/m/foreign', '/bin/by-interpreter', '/bin/by-loader', '/m', '/m/none'];

suite('programs on a noexec mount', ['root', 'gcc', 'x86-64'], () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'noexec-'));
    for (const [path, content] of Object.entries(FILES)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), content, { mode: 0o755 });
    }
    mkdirSync(join(folder, 'm'));
    execFileSync('gcc', ['-O1', '-o', join(folder, 'helper'), join(import.meta.dirname, 'exec-in-chroot.c')]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are refused as the model says, interpreters and loaders too', () => {
    const input = NAMES.map((name) => `run 0 0 ${hex(folder)} ${hex('/')} ${hex(name)}\n`).join('');
    // In a mount namespace of its own, which ends with the command.
    const script = 'mount -t tmpfs -o noexec none "$1/m" && cp "$1"/stage/* "$1/m/" && exec "$1/helper"';
    const said = execFileSync('unshare', ['--mount', 'sh', '-c', script, 'sh', folder], { input, encoding: 'utf8' });
    const below = directoryTree(folder);
    const onMount = (path: string) => path.replace(/^\/m(?=\/|$)/, '/stage');
    const tree: SyncFileTree = {
      lstat: (path) => {
        const entry = below.lstat(onMount(path));
        return entry && path !== onMount(path) ? { ...entry, noexec: true } : entry;
      },
      read: (path, offset, length) => below.read(onMount(path), offset, length),
    };
    const outcomes = NAMES.map((name) =>
      runOver(tree, execve({ argv: [name], path: '/bin', cwd: '/', uid: 0, gid: 0 }, HOST)),
    );
    const model = outcomes.map(({ errno }) => (errno === null ? 'exit 0' : `errno ${errno}`));
    expect(said.trim().split('\n')).toEqual(model);
    expect(outcomes.filter(({ fault }) => fault === 'noexec-mount')).toHaveLength(5);
  });
});
