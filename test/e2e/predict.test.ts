import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeElf } from '../kernel/make-elf.ts';
import { runExecfmt } from './run-execfmt.ts';

describe('execfmt predict', () => {
  let folder = '';
  const put = (root: string, path: string, content: string | Uint8Array, mode = 0o755) => {
    const at = join(folder, root, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
    chmodSync(at, mode);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-predict-'));
    const foreign = makeElf({ machine: 183 });
    put('incident', '/app/render', foreign);
    put('mixed', '/app/render', foreign);
    put('mixed', '/bin/sh', makeElf());
    put('script', '/app/start', '#!/bin/sh\r\n');
    put('script', '/bin/sh', makeElf());
    put('script', '/usr/bin/private', makeElf(), 0o700);
    execFileSync('tar', ['-C', join(folder, 'incident'), '-cf', join(folder, 'incident.tar'), '.']);
    writeFileSync(
      join(folder, 'handlers.json'),
      JSON.stringify([{ name: 'qemu-aarch64', interpreter: '/usr/bin/qemu', flags: 'F', offset: 18, magic: 'b700' }]),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const predict = (rootfs: string, host: string, ...more: string[]) =>
    runExecfmt(['predict', '--rootfs', join(folder, rootfs), '--host', host, ...more]);

  it.each(['incident', 'incident.tar'])('says what the kernel would say, of %s', async (rootfs) => {
    const { status, stdout, stderr } = await predict(rootfs, 'linux/amd64', '--json', '--', '/app/render');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      outcome: 'ENOEXEC',
      culprit: '/app/render',
      errno: 8,
      exit: null,
      fault: 'wrong-platform-image',
      because: expect.stringContaining('ARM aarch64'),
    });
    expect(status).toBe(1);
  });

  it('runs where it belongs, with status 0', async () => {
    const { status, stdout } = await predict('incident', 'linux/arm64', '--', '/app/render');
    expect(stdout).toContain('runs');
    expect(status).toBe(0);
  });

  it('tells a foreign program in a fitting image from a foreign image', async () => {
    const { stdout } = await predict('mixed', 'linux/amd64', '--json', '--', '/app/render');
    expect(JSON.parse(stdout)).toMatchObject({ fault: 'wrong-arch-binary' });
  });

  it('takes handlers, PATH, working directory and user', async () => {
    const handled = await predict(
      'incident',
      'linux/amd64',
      '--binfmt',
      join(folder, 'handlers.json'),
      '--',
      '/app/render',
    );
    expect(handled.status).toBe(0);
    const unfound = await predict('script', 'linux/amd64', '--path', '/bin', '--json', '--', 'private');
    expect(JSON.parse(unfound.stdout)).toMatchObject({ outcome: 'ENOENT', fault: 'entrypoint-not-found' });
    const denied = await predict('script', 'linux/amd64', '--user', '1000:1000', '--json', '--', '/usr/bin/private');
    expect(JSON.parse(denied.stdout)).toMatchObject({ outcome: 'EACCES', fault: 'not-executable' });
    const relative = await predict('incident', 'linux/arm64', '--cwd', '/app', '--', './render');
    expect(relative.status).toBe(0);
  });

  it('shows what a terminal would hide', async () => {
    const { stdout } = await predict('script', 'linux/amd64', '--', '/app/start');
    expect(stdout).toContain('culprit: "/bin/sh\\r"');
    expect(stdout).toContain('fault: script-crlf');
  });

  it.each([
    [['--rootfs', '/nowhere', '--host', 'linux/amd64', '--', '/x'], 'does not exist'],
    [['--rootfs', '/', '--host', 'amd64', '--', '/x'], 'OS/ARCH'],
    [['--rootfs', '/', '--host', 'linux/amd64', '--page-size', '5', '--', '/x'], 'power of two'],
    [['--rootfs', '/', '--host', 'linux/amd64'], 'ARGV'],
    [['--rotfs', '/'], '--rootfs'],
    [['--batch', '--', '/x'], 'stdin'],
  ])('ends with 2 for %j', async (args, words) => {
    const { status, stderr } = await runExecfmt(['predict', ...args]);
    expect(stderr).toContain(words);
    expect(status).toBe(2);
  });

  it('answers each line of a batch in order, and a bad one with an error', async () => {
    const good = { rootfs: join(folder, 'incident'), argv: ['/app/render'], host: 'linux/arm64' };
    const lines = [
      JSON.stringify({ id: 'c1', ...good }),
      'no JSON at all',
      JSON.stringify({ id: 3, ...good, host: 'linux/amd64', page_size: 4096, compat32: true, binfmt: [] }),
      '',
      JSON.stringify({ id: 'c4', ...good, rootfs: '/nowhere' }),
      JSON.stringify({ id: 'c5', ...good, user: 'nobody' }),
      JSON.stringify({ id: 'c6', argv: [], host: 5 }),
      JSON.stringify({ id: 'c7', ...good, argv: ['/app/render', 'x'.repeat(2_000_000)] }),
      JSON.stringify({ id: 'c8', ...good, path: null, argv: ['render'] }),
    ];
    const { status, stdout, stderr } = await runExecfmt(['predict', '--batch'], { input: lines.join('\n') });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toEqual([
      { id: 'c1', outcome: 'runs', culprit: null, errno: null, exit: null, fault: 'none', because: expect.any(String) },
      { id: null, error: expect.stringContaining('JSON') },
      expect.objectContaining({ id: 3, outcome: 'ENOEXEC', culprit: '/app/render', errno: 8 }),
      { id: null, error: expect.stringContaining('JSON') },
      { id: 'c4', error: expect.stringContaining('does not exist') },
      { id: 'c5', error: expect.stringContaining('/etc/passwd') },
      { id: 'c6', error: 'rootfs is missing; argv must name the program that is executed; host must be a string' },
      { id: null, error: expect.stringContaining('longer than') },
      expect.objectContaining({ id: 'c8', outcome: 'ENOENT', fault: 'entrypoint-not-found' }),
    ]);
  });
});
