import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execve } from '../../src/kernel/execve.ts';
import { runOver } from '../../src/kernel/file-tree.ts';
import type { BinfmtHandler, ExecRequest, KernelHost } from '../../src/kernel/host.ts';
import { resolveUser } from '../../src/kernel/users.ts';
import { makeElf } from './make-elf.ts';
import { memoryTree, type Node } from './memory-tree.ts';

const HOST: KernelHost = {
  os: 'linux',
  arch: 'amd64',
  variant: null,
  pageSize: 4096,
  compat32: null,
  kernel: '6.18',
  binfmt: null,
  mmapMinAddr: null,
  vaBits: null,
};
const ELF = makeElf();
const ARM = makeElf({ machine: 183 });

function run(files: Record<string, Node>, request: Partial<ExecRequest> = {}, host: Partial<KernelHost> = {}) {
  const whole = { argv: ['/app'], path: '/usr/bin:/bin', cwd: '/', uid: 0, gid: 0, ...request };
  return runOver(memoryTree(files), execve(whole, { ...HOST, ...host }));
}

describe('the look-up in PATH', () => {
  const files = {
    '/bin/tool': { content: ELF },
    '/usr/bin/tool': { content: 'text', mode: 0o644 },
    '/opt/tool': { directory: true },
  } as const;

  it('takes the first that the user may execute, and looks at nothing else', () => {
    expect(run(files, { argv: ['tool'] })).toMatchObject({ outcome: 'runs', chain: ['/bin/tool'] });
    expect(run({ ...files, '/usr/bin/tool': { content: 'text' } }, { argv: ['tool'] })).toMatchObject({
      outcome: 'ENOEXEC',
      culprit: '/usr/bin/tool',
    });
    expect(run(files, { argv: ['tool'], path: '/opt:/bin' }).outcome).toBe('runs');
  });

  it.each([
    ['nowhere', '/bin'],
    ['tool', ''],
    ['tool', null],
    ['', '/bin'],
    ['..', '/bin'],
  ])('does not find %j in %j', (name, path) => {
    expect(run(files, { argv: [name], path })).toMatchObject({
      outcome: 'ENOENT',
      culprit: name,
      fault: 'entrypoint-not-found',
    });
  });

  it('refuses a hit relative to the working directory, though a later one would do', () => {
    expect(run(files, { argv: ['tool'], path: ':/bin', cwd: '/bin' }).outcome).toBe('EINVAL');
  });
});

describe('what it blames', () => {
  it.each<[string, Record<string, Node>, string, string, string]>([
    ['a foreign entrypoint', { '/app': { content: ARM } }, 'ENOEXEC', '/app', 'wrong-arch-binary'],
    [
      'a foreign interpreter',
      { '/app': { content: '#!/bin/sh\n' }, '/bin/sh': { content: ARM } },
      'ENOEXEC',
      '/bin/sh',
      'interpreter-wrong-arch',
    ],
    [
      'a carriage return',
      { '/app': { content: '#!/bin/sh\r\n' }, '/bin/sh': { content: ELF } },
      'ENOENT',
      '/bin/sh\r',
      'script-crlf',
    ],
    ['a missing interpreter', { '/app': { content: '#!/bin/bash\n' } }, 'ENOENT', '/bin/bash', 'interpreter-missing'],
    ['a BOM', { '/app': { content: '\ufeff#!/bin/sh\n' } }, 'ENOEXEC', '/app', 'script-no-shebang'],
    ['an empty file', { '/app': { content: '' } }, 'ENOEXEC', '/app', 'empty-file'],
    ['a web page', { '/app': { content: '<!DOCTYPE html><html>' } }, 'ENOEXEC', '/app', 'foreign-format'],
    ['a Windows program', { '/app': { content: 'MZ\x90\0' } }, 'ENOEXEC', '/app', 'foreign-format'],
    [
      'a missing loader',
      { '/app': { content: makeElf({ interp: '/lib64/ld-linux-x86-64.so.2' }) } },
      'ENOENT',
      '/lib64/ld-linux-x86-64.so.2',
      'loader-missing',
    ],
    [
      'a foreign loader',
      { '/app': { content: makeElf({ interp: '/ld.so' }) }, '/ld.so': { content: ARM } },
      'ELIBBAD',
      '/ld.so',
      'loader-wrong-arch',
    ],
    ['a missing x bit', { '/app': { content: ELF, mode: 0o644 } }, 'EACCES', '/app', 'not-executable'],
    ['a directory', { '/app': { directory: true } }, 'EACCES', '/app', 'entrypoint-is-directory'],
    ['a cut header', { '/app': { content: ELF.subarray(0, 40) } }, 'ENOEXEC', '/app', 'truncated-binary'],
  ])('%s', (_what, files, outcome, culprit, fault) => {
    expect(run(files)).toMatchObject({ outcome, culprit, fault, because: expect.stringContaining(culprit.trim()) });
  });
});

describe('env', () => {
  const files = { '/usr/bin/env': { content: ELF }, '/bin/node': { content: ELF } } as const;
  const withLine = (line: string, more: Record<string, Node> = {}) =>
    run({ ...files, '/app': { content: line }, ...more });

  it('finds its command in PATH', () => expect(withLine('#!/usr/bin/env node\n').outcome).toBe('runs'));
  it('ends with 127 when there is none', () =>
    expect(withLine('#!/usr/bin/env python\n')).toMatchObject({ outcome: 'env', culprit: 'python', exit: 127 }));
  it('ends with 126 when it may not be executed', () =>
    expect(withLine('#!/usr/bin/env tool\n', { '/bin/tool': { content: ELF, mode: 0o644 } })).toMatchObject({
      outcome: 'env',
      exit: 126,
    }));
  it('blames the carriage return', () =>
    expect(withLine('#!/usr/bin/env node\r\n')).toMatchObject({
      outcome: 'env',
      culprit: 'node\r',
      exit: 127,
      fault: 'script-crlf',
    }));
  it('goes on with what it finds', () =>
    expect(withLine('#!/usr/bin/env node\n', { '/usr/bin/node': { content: ARM } })).toMatchObject({
      outcome: 'ENOEXEC',
      culprit: '/usr/bin/node',
    }));
  it('never ends without a command', () => expect(withLine('#!/usr/bin/env\n').outcome).toBe('hang'));
  it('is blamed itself when it is foreign', () =>
    expect(withLine('#!/usr/bin/env node\n', { '/usr/bin/env': { content: ARM } })).toMatchObject({
      outcome: 'ENOEXEC',
      culprit: '/usr/bin/env',
    }));
});

describe('binfmt_misc', () => {
  const handler = (flags: string, set: Partial<BinfmtHandler> = {}): BinfmtHandler => ({
    name: 'qemu-aarch64',
    enabled: true,
    interpreter: '/usr/bin/qemu-aarch64-static',
    flags,
    match: { kind: 'magic', offset: 18, magic: Uint8Array.of(183, 0), mask: null },
    ...set,
  });
  const files = { '/app': { content: ARM } };

  it('hands a file over that the flag F holds the interpreter for', () =>
    expect(run(files, {}, { binfmt: [handler('F')] }).outcome).toBe('runs'));
  it('turns ENOEXEC into ENOENT without F when the container lacks it', () =>
    expect(run(files, {}, { binfmt: [handler('')] })).toMatchObject({
      outcome: 'ENOENT',
      culprit: '/usr/bin/qemu-aarch64-static',
      fault: 'emulation-broken',
    }));
  it('leaves files alone that a disabled handler matches', () =>
    expect(run(files, {}, { binfmt: [handler('F', { enabled: false })] }).outcome).toBe('ENOEXEC'));
  it('asks the one registered last first', () =>
    expect(run(files, {}, { binfmt: [handler('F'), handler('', { name: 'later' })] }).outcome).toBe('ENOENT'));
});

describe('resolveUser', () => {
  const tree = memoryTree({
    '/etc/passwd': { content: 'root:x:0:0::/:/bin/sh\nnode:x:1000:1001::/:/bin/sh\n' },
    '/etc/group': { content: 'docker:x:999:\n' },
  });
  it.each([
    ['', { uid: 0, gid: 0 }],
    ['node', { uid: 1000, gid: 1001 }],
    ['1000', { uid: 1000, gid: 1001 }],
    ['5', { uid: 5, gid: 0 }],
    ['5:6', { uid: 5, gid: 6 }],
    ['node:docker', { uid: 1000, gid: 999 }],
    ['nobody', null],
    ['node:nogroup', null],
  ])('%j', (user, ids) => expect(runOver(tree, resolveUser(user))).toEqual(ids));
});

describe('hostile input', () => {
  const file = fc.uint8Array({ maxLength: 400 });
  const elf = fc
    .tuple(fc.nat(ELF.length - 1), fc.uint8Array({ maxLength: 16 }))
    .map(([at, bytes]) => Buffer.concat([ELF.subarray(0, at), bytes, ELF.subarray(at + bytes.length)]));

  it('ends in an outcome, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          file,
          elf,
          file.map((bytes) => Buffer.concat([Buffer.from('#!'), bytes])),
        ),
        (content) => {
          const outcome = run({ '/app': { content }, '/bin/sh': { content: ELF } });
          expect(outcome.because).not.toBe('');
          expect(outcome.errno === null || outcome.errno > 0).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
