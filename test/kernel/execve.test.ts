import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execve } from '../../src/kernel/execve.ts';
import { runOver, runOverRemote } from '../../src/kernel/file-tree.ts';
import type { BinfmtHandler, ExecRequest, KernelHost } from '../../src/kernel/host.ts';
import { FAULTS, type Outcome } from '../../src/kernel/outcome.ts';
import { makeElf } from './make-elf.ts';
import { type Content, memoryTree } from './memory-tree.ts';

const AMD64: KernelHost = {
  os: 'linux',
  arch: 'amd64',
  variant: null,
  pageSize: null,
  compat32: null,
  kernel: null,
  binfmt: null,
  mmapMinAddr: null,
  vaBits: null,
};
const on = (arch: string, more: Partial<KernelHost> = {}): KernelHost => ({ ...AMD64, arch, ...more });

function run(
  files: Record<string, Content>,
  request: Partial<ExecRequest> = {},
  host: Partial<KernelHost> = {},
): Outcome {
  const whole = { argv: ['/app'], path: '/usr/bin:/bin', cwd: '/', uid: 0, gid: 0, ...request };
  return runOver(memoryTree(files), execve(whole, { ...AMD64, ...host }));
}

const native = makeElf();
const arm64 = makeElf({ machine: 183 });
const arm64Code = new Uint8Array([0, 0, 0x80, 0xd2]);
const dynamic = makeElf({ interp: '/lib/ld.so' });

describe('what a responder is told', () => {
  const cases: [string, Record<string, Content>, Partial<Outcome>][] = [
    ['a native program', { '/app': native }, { outcome: 'runs', fault: 'none', culprit: null, errno: null }],
    [
      'a foreign program',
      { '/app': arm64 },
      { outcome: 'ENOEXEC', errno: 8, fault: 'wrong-arch-binary', culprit: '/app' },
    ],
    [
      'a foreign interpreter',
      { '/app': '#!/sh\n', '/sh': arm64 },
      { outcome: 'ENOEXEC', fault: 'interpreter-wrong-arch', culprit: '/sh' },
    ],
    [
      'a missing interpreter',
      { '/app': '#!/sh\n' },
      { outcome: 'ENOENT', fault: 'interpreter-missing', culprit: '/sh' },
    ],
    [
      'CRLF',
      { '/app': '#!/bin/sh\r\n', '/bin/sh': native },
      { outcome: 'ENOENT', fault: 'script-crlf', culprit: '/bin/sh\r' },
    ],
    ['no shebang', { '/app': 'echo\n' }, { outcome: 'ENOEXEC', fault: 'script-no-shebang' }],
    ['a BOM', { '/app': '\ufeff#!/bin/sh\n' }, { outcome: 'ENOEXEC', fault: 'script-no-shebang' }],
    ['#! at the end of the file', { '/app': '#!' }, { outcome: 'EACCES', fault: 'script-no-shebang', culprit: '' }],
    ['a script of itself', { '/app': '#!/app\n' }, { outcome: 'ELOOP', fault: 'script-too-nested', culprit: '/app' }],
    ['a missing loader', { '/app': dynamic }, { outcome: 'ENOENT', fault: 'loader-missing', culprit: '/lib/ld.so' }],
    [
      'a foreign loader',
      { '/app': dynamic, '/lib/ld.so': arm64 },
      { outcome: 'ELIBBAD', errno: 80, fault: 'loader-wrong-arch' },
    ],
    [
      'an empty loader',
      { '/app': dynamic, '/lib/ld.so': '' },
      { outcome: 'EIO', fault: 'empty-file', culprit: '/lib/ld.so' },
    ],
    ['an empty file', { '/app': '' }, { outcome: 'ENOEXEC', fault: 'empty-file', culpritIs: 'empty' }],
    ['a cut header', { '/app': native.subarray(0, 40) }, { outcome: 'ENOEXEC', fault: 'truncated-binary' }],
    ['a cut table', { '/app': native.subarray(0, 100) }, { outcome: 'ENOEXEC', fault: 'truncated-binary' }],
    ['cut code', { '/app': native.subarray(0, 200) }, { outcome: 'signal', exit: 139, fault: 'truncated-binary' }],
    ['PE', { '/app': `MZ${'\0'.repeat(100)}` }, { outcome: 'ENOEXEC', fault: 'foreign-format' }],
    ['an object file', { '/app': makeElf({ type: 1 }) }, { outcome: 'ENOEXEC', fault: 'foreign-format' }],
    [
      'a Git LFS pointer',
      { '/app': 'version https://git-lfs.github.com/spec/v1\noid x\n' },
      { fault: 'foreign-format' },
    ],
    ['no x bit', { '/app': { file: arm64, mode: 0o644 } }, { outcome: 'EACCES', errno: 13, fault: 'not-executable' }],
    ['nothing', { '/x': '' }, { outcome: 'ENOENT', errno: 2, fault: 'entrypoint-not-found', culprit: '/app' }],
    ['a directory', { '/app': null }, { outcome: 'EACCES', fault: 'entrypoint-is-directory' }],
    ['x32', { '/app': makeElf({ bits: 32, machine: 62 }) }, { outcome: 'ENOEXEC', fault: 'wrong-arch-binary' }],
  ];
  it.each(cases)('%s', (_, files, expected) => {
    const outcome = run(files);
    expect(outcome).toMatchObject(expected);
    expect(outcome.because).toMatch(/\.$/);
  });

  it('names the file, what it is and the host', () => {
    expect(run({ '/app': arm64 }).because).toBe(
      '/app is ELF 64-bit LSB executable, ARM aarch64, statically linked: the host is linux/amd64, which does not run it.',
    );
  });

  it('lists every file it opened', () => {
    const files = { '/app': '#!/one\n', '/one': '#!/two x\n', '/two': dynamic, '/lib/ld.so': native };
    expect(run(files)).toMatchObject({ outcome: 'runs', chain: ['/app', '/one', '/two', '/lib/ld.so'] });
  });

  it('does not speak of a host that is not Linux', () => {
    expect(run({ '/app': native }, {}, { os: 'windows' })).toMatchObject({ fault: 'os-mismatch' });
  });
});

describe('the look-up in PATH', () => {
  const files = {
    '/a/x': { file: 'text', mode: 0o755 },
    '/b/x': native,
    '/c/x': { file: native, mode: 0o644 },
    '/d/x': null,
  };
  const cases: [string | null, string, Partial<Outcome>][] = [
    ['/b', 'x', { outcome: 'runs', chain: ['/b/x'] }],
    ['/c:/d:/missing:/b', 'x', { outcome: 'runs', chain: ['/b/x'] }],
    ['/a:/b', 'x', { outcome: 'ENOEXEC', culprit: '/a/x', fault: 'script-no-shebang' }],
    ['/c', 'x', { outcome: 'ENOENT', culprit: 'x', fault: 'not-executable' }],
    ['/d', 'x', { outcome: 'ENOENT', culprit: 'x', fault: 'entrypoint-not-found' }],
    [null, 'x', { outcome: 'ENOENT', fault: 'entrypoint-not-found' }],
    ['', 'x', { outcome: 'ENOENT' }],
    [':/b', 'x', { outcome: 'runs' }],
    ['b:/b', 'x', { outcome: 'ENOENT', fault: 'entrypoint-not-found' }],
    ['/missing/../b', 'x', { outcome: 'runs', chain: ['/b/x'] }],
    ['/b', '', { outcome: 'ENOENT' }],
    ['/', 'b', { outcome: 'ENOENT' }],
    ['/b/x', '.', { outcome: 'ENOENT' }],
    [' /b', 'x', { outcome: 'ENOENT' }],
  ];
  it.each(cases)('PATH %j, %j', (path, name, expected) => {
    expect(run(files, { argv: [name], path })).toMatchObject(expected);
  });

  it('refuses a hit in the working directory', () => {
    expect(run(files, { argv: ['x'], path: ':/b', cwd: '/b' })).toMatchObject({ outcome: 'ENOENT', culprit: 'x' });
  });

  it('skips what the user may not execute', () => {
    const mixed = { '/a/x': { file: native, mode: 0o700 }, '/b/x': native };
    expect(run(mixed, { argv: ['x'], path: '/a:/b', uid: 7, gid: 7 })).toMatchObject({ chain: ['/b/x'] });
    expect(run(mixed, { argv: ['x'], path: '/a:/b' })).toMatchObject({ chain: ['/a/x'] });
  });
});

describe('other hosts', () => {
  const big = makeElf({ little: false, machine: 22 });
  const arm = makeElf({ bits: 32, machine: 40, flags: 0x05000000 });
  const riscv = makeElf({ machine: 243 });
  const cases: [string, Uint8Array, KernelHost, string][] = [
    ['arm64 runs its own', makeElf({ machine: 183, code: arm64Code }), on('arm64'), 'runs'],
    ['arm64 runs 32-bit ARM', arm, on('arm64'), 'runs'],
    ['arm64 without 32-bit EL0', arm, on('arm64', { compat32: false }), 'ENOEXEC'],
    ['arm64 and OABI', makeElf({ bits: 32, machine: 40 }), on('arm64'), 'ENOEXEC'],
    ['arm64 and big-endian', makeElf({ little: false, machine: 183 }), on('arm64'), 'ENOEXEC'],
    ['arm64 does not look at EI_CLASS', makeElf({ machine: 183, elfClass: 1 }), on('arm64'), 'runs'],
    ['amd64 without IA32', makeElf({ bits: 32 }), on('amd64', { compat32: false }), 'ENOEXEC'],
    ['s390x', big, on('s390x'), 'runs'],
    ['s390x looks at EI_CLASS', makeElf({ little: false, machine: 22, elfClass: 3 }), on('s390x'), 'ENOEXEC'],
    ['s390x runs 31-bit', makeElf({ bits: 32, little: false, machine: 22 }), on('s390x'), 'runs'],
    ['riscv64', riscv, on('riscv64'), 'runs'],
    ['riscv32', makeElf({ bits: 32, machine: 243 }), on('riscv64'), 'ENOEXEC'],
    ['ppc64le', makeElf({ machine: 21, flags: 2 }), on('ppc64le'), 'runs'],
    ['ppc64le and ELFv1', makeElf({ machine: 21, flags: 1 }), on('ppc64le'), 'signal'],
    ['ppc64 big-endian', makeElf({ machine: 21, little: false }), on('ppc64le'), 'ENOEXEC'],
    ['73 program headers before 6.17', makeElf({ phnum: 73, size: 8192 }), on('amd64', { kernel: '6.16' }), 'runs'],
    ['74 program headers before 6.17', makeElf({ phnum: 74, size: 8192 }), on('amd64', { kernel: '6.16' }), 'ENOEXEC'],
    ['74 program headers since', makeElf({ phnum: 74, size: 8192 }), on('amd64'), 'runs'],
    ['below mmap_min_addr', makeElf({ segments: [{ vaddr: 0x1000n }], entry: 0x1400n }), on('amd64'), 'signal'],
    [
      'above it',
      makeElf({ segments: [{ vaddr: 0x1000n }], entry: 0x1400n }),
      on('amd64', { mmapMinAddr: 4096 }),
      'runs',
    ],
    ['a host we know nothing of', makeElf(), on('vax'), 'ENOEXEC'],
  ];
  it.each(cases)('%s', (_, bytes, host, outcome) => expect(run({ '/app': bytes }, {}, host).outcome).toBe(outcome));

  it('blames the page size for what smaller pages would run', () => {
    const segments = [{}, { offset: 0x1000n, vaddr: 0x402000n, filesz: 0x10n, flags: 6 }];
    const bytes = makeElf({ machine: 183, segments, size: 0x2000 });
    expect(run({ '/app': bytes }, {}, on('arm64')).outcome).toBe('runs');
    expect(run({ '/app': bytes }, {}, on('arm64', { pageSize: 16384 }))).toMatchObject({
      outcome: 'signal',
      exit: 139,
      fault: 'page-size',
    });
  });

  it('checks the properties of an arm64 program', () => {
    const bytes = makeElf({ machine: 183, segments: [{}, { type: 0x6474e553, offset: 0n, filesz: 0x20n }] });
    expect(run({ '/app': bytes }, {}, on('arm64')).outcome).toBe('ENOEXEC');
    const past = makeElf({ machine: 183, segments: [{}, { type: 0x6474e553, offset: 0x9000n, filesz: 0x20n }] });
    expect(run({ '/app': past }, {}, on('arm64')).outcome).toBe('EIO');
  });
});

describe('binfmt_misc', () => {
  const qemu = (flags: string, interpreter = '/usr/bin/qemu-aarch64-static'): BinfmtHandler => ({
    name: 'qemu-aarch64',
    enabled: true,
    interpreter,
    flags,
    match: { kind: 'magic', offset: 18, magic: new Uint8Array([183, 0]), mask: null },
  });
  const all: BinfmtHandler = {
    ...qemu('F', '/all'),
    match: { kind: 'magic', offset: 0, magic: new Uint8Array([0x7f]), mask: null },
  };
  const python: BinfmtHandler = { ...qemu('F', '/py'), name: 'py', match: { kind: 'extension', extension: 'py' } };
  const stub = '/usr/bin/qemu-aarch64-static';
  const chainOf = (length: number, end: Uint8Array) => {
    const files: Record<string, Content> = { [length === 0 ? '/app' : `/s${length}`]: end };
    for (let i = 0; i < length; i += 1) files[i === 0 ? '/app' : `/s${i}`] = `#!/s${i + 1}\n`;
    return files;
  };
  const cases: [string, Record<string, Content>, readonly BinfmtHandler[], Partial<Outcome>][] = [
    ['with F', { '/app': arm64 }, [qemu('F')], { outcome: 'runs' }],
    [
      'disabled',
      { '/app': arm64 },
      [{ ...qemu('F'), enabled: false }],
      { outcome: 'ENOEXEC', fault: 'wrong-arch-binary' },
    ],
    [
      'without F, missing',
      { '/app': arm64 },
      [qemu('')],
      { outcome: 'ENOENT', culprit: stub, fault: 'emulation-broken' },
    ],
    ['without F, there', { '/app': arm64, [stub]: native }, [qemu('')], { outcome: 'runs', chain: ['/app', stub] }],
    ['a script as stub', { '/app': arm64, [stub]: '#!/ok\n', '/ok': native }, [qemu('')], { outcome: 'runs' }],
    [
      'a text as stub',
      { '/app': arm64, [stub]: 'text' },
      [qemu('')],
      { outcome: 'ENOEXEC', culprit: stub, fault: 'emulation-broken' },
    ],
    ['a foreign stub', { '/app': arm64, [stub]: arm64 }, [qemu('')], { outcome: 'ELOOP', fault: 'emulation-broken' }],
    ['no x bit', { '/app': { file: arm64, mode: 0o644 } }, [qemu('F')], { outcome: 'EACCES', culprit: '/app' }],
    [
      'a magic that catches its interpreter',
      { '/app': native },
      [all],
      { outcome: 'ELOOP', fault: 'emulation-broken' },
    ],
    [
      'the last one registered wins',
      { '/app': arm64, '/b': native },
      [qemu('', '/a'), qemu('', '/b')],
      { chain: ['/app', '/b'] },
    ],
    ['four scripts before it', chainOf(4, arm64), [qemu('F')], { outcome: 'runs' }],
    ['five scripts before it', chainOf(5, arm64), [qemu('F')], { outcome: 'ELOOP' }],
    [
      'its loader is missing',
      { '/app': makeElf({ machine: 183, interp: '/ld' }) },
      [qemu('F')],
      { outcome: 'loader', culprit: '/ld', exit: 255, fault: 'loader-missing' },
    ],
    [
      'its loader is there',
      { '/app': makeElf({ machine: 183, interp: '/ld' }), '/ld': arm64 },
      [qemu('F')],
      { outcome: 'runs' },
    ],
    [
      'its loader is native',
      { '/app': makeElf({ machine: 183, interp: '/ld' }), '/ld': native },
      [qemu('F')],
      { outcome: 'loader', fault: 'loader-wrong-arch' },
    ],
    [
      'a native main with a foreign loader',
      { '/app': dynamic, '/lib/ld.so': arm64 },
      [qemu('F')],
      { outcome: 'ELIBBAD' },
    ],
    ['an extension that is not there', { '/app': native }, [python], { outcome: 'runs', chain: ['/app'] }],
  ];
  it.each(cases)('%s', (_, files, binfmt, expected) => expect(run(files, {}, { binfmt })).toMatchObject(expected));

  it('takes the extension of the whole path', () => {
    const files = { '/x.py': 'print()', '/x.py.d/app': 'print()', '/y.PY': 'print()', '/link.py': { link: '/y.PY' } };
    const outcomes = Object.keys(files).map((name) => run(files, { argv: [name] }, { binfmt: [python] }).outcome);
    expect(outcomes).toEqual(['runs', 'ENOEXEC', 'ENOEXEC', 'runs']);
  });
});

describe('env', () => {
  const base = { '/usr/bin/env': native, '/bin/ok': native };
  const cases: [string, Partial<Outcome>, Record<string, Content>?][] = [
    ['ok', { outcome: 'runs' }],
    ['missing', { outcome: 'env', culprit: 'missing', exit: 127, fault: 'interpreter-missing', errno: null }],
    ['sh\r', { outcome: 'env', culprit: 'sh\r', exit: 127, fault: 'script-crlf' }],
    ['no', { outcome: 'env', exit: 126, fault: 'not-executable' }, { '/bin/no': { file: native, mode: 0o644 } }],
    ['/bin', { outcome: 'env', exit: 126, fault: 'not-executable' }],
    ['arm', { outcome: 'env', fault: 'interpreter-wrong-arch' }, { '/bin/arm': arm64 }],
    ['text', { outcome: 'runs' }, { '/bin/text': 'true\n' }],
    ['dyn', { outcome: 'env', exit: 127, fault: 'loader-missing', culprit: 'dyn' }, { '/bin/dyn': dynamic }],
    ['', { outcome: 'hang', culprit: '/app' }],
    ['A=b ok', { outcome: 'hang' }],
    ['-i', { outcome: 'hang' }],
    ['ok -e', { outcome: 'env', culprit: 'ok -e', exit: 127 }],
    ['-S ok -e', { outcome: 'runs' }],
    ['-S ok -e', { outcome: 'env', exit: 1 }, { '/usr/bin/env': { link: '/bin/busybox' }, '/bin/busybox': native }],
    ['app', { outcome: 'hang' }, { '/bin/app': '#!/usr/bin/env app\n' }],
  ];
  it.each(cases)('#!/usr/bin/env %j: %j', (argument, expected, more = {}) => {
    expect(run({ ...base, '/app': `#!/usr/bin/env ${argument}\n`, ...more })).toMatchObject(expected);
  });

  it('takes the search path of musl, and no shell, with a musl loader', () => {
    const env = makeElf({ interp: '/lib/ld-musl-x86_64.so.1' });
    const files = {
      '/usr/bin/env': env,
      '/lib/ld-musl-x86_64.so.1': native,
      '/bin/text': 'true\n',
      '/app': '#!/usr/bin/env text\n',
    };
    expect(run(files)).toMatchObject({ outcome: 'env', exit: 126, fault: 'script-no-shebang' });
  });
});

describe('whatever the bytes are', () => {
  const hosts = ['amd64', 'arm64', 's390x', 'riscv64', 'ppc64le', '386', 'arm', 'mips', 'none'];
  const heads = ['', '#!', '\x7fELF\x02\x01\x01', '\x7fELF\x01\x02', 'MZ', 'PK\x03\x04'].map((text) =>
    new TextEncoder().encode(text),
  );
  const anything = fc
    .tuple(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 400 }))
    .map(([head, rest]) => new Uint8Array([...head, ...rest]));
  const changed = fc
    .tuple(fc.constantFrom(native, dynamic, arm64), fc.array(fc.tuple(fc.nat(180), fc.nat(255)), { maxLength: 6 }))
    .map(([bytes, changes]) => {
      const copy = bytes.slice();
      for (const [at, value] of changes) copy[at] = value;
      return copy;
    });

  it('there is an outcome, the same from afar', async () => {
    const files = fc.record({
      app: fc.oneof(anything, changed),
      ld: fc.oneof(anything, changed),
      arch: fc.constantFrom(...hosts),
    });
    await fc.assert(
      fc.asyncProperty(files, async ({ app, ld, arch }) => {
        const request = { argv: ['/app'], path: null, cwd: '/', uid: 0, gid: 0 };
        const tree = memoryTree({ '/app': app, '/lib/ld.so': ld });
        const near = runOver(tree, execve(request, on(arch)));
        expect(FAULTS).toContain(near.fault);
        expect(near.because).not.toBe('');
        const remote = {
          lstat: async (path: string) => tree.lstat(path),
          read: async (...ask: [string, number, number]) => tree.read(...ask),
        };
        expect(await runOverRemote(remote, execve(request, on(arch)))).toEqual(near);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('no name and no working directory breaks it, and nothing large is read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.option(fc.string()), (name, cwd, path) => {
        const tree = memoryTree({ '/app': native });
        const program = execve({ argv: [name], path, cwd, uid: 7, gid: 7 }, AMD64);
        for (let turn = program.next(); !turn.done; ) {
          const ask = turn.value;
          expect(ask.path.startsWith('/')).toBe(true);
          if (ask.op === 'read') expect(ask.length).toBeLessThanOrEqual(65536);
          turn = program.next(ask.op === 'lstat' ? tree.lstat(ask.path) : tree.read(ask.path, ask.offset, ask.length));
        }
      }),
      { seed: 7 },
    );
  });
});

describe('a program that gets control although something is wrong with it', () => {
  /** A section table with one section of attributes: Tag_CPU_arch. */
  function armProgram(arch: number): Uint8Array {
    const attributes = [0x41, 18, 0, 0, 0, ...Buffer.from('aeabi\0'), 1, 8, 0, 0, 0, 6, arch, 0];
    const bytes = makeElf({ bits: 32, machine: 40, flags: 0x05000000, code: new Uint8Array([0, 0, 0xa0, 0xe3]) });
    const whole = new Uint8Array(bytes.length + 40 + attributes.length);
    whole.set(bytes);
    whole.set(attributes, bytes.length + 40);
    const view = new DataView(whole.buffer);
    view.setUint32(32, bytes.length, true);
    view.setUint16(46, 40, true);
    view.setUint16(48, 1, true);
    view.setUint32(bytes.length + 4, 0x70000003, true);
    view.setUint32(bytes.length + 16, bytes.length + 40, true);
    view.setUint32(bytes.length + 20, attributes.length, true);
    return whole;
  }
  const v6 = { arch: 'arm', variant: 'v6' };

  it.each<[string, Record<string, Content>, Partial<KernelHost>, string | null]>([
    ['a whole one', { '/app': native }, {}, null],
    [
      'one that is cut behind its first instruction',
      { '/app': makeElf({ segments: [{ filesz: 0x3000n }] }) },
      {},
      'truncated-binary',
    ],
    ['a script whose argument ends with CR', { '/app': '#!/sh -e\r\n', '/sh': native }, {}, 'script-crlf'],
    ['one for ARMv7 on ARMv6', { '/app': armProgram(10) }, v6, 'cpu-level'],
    ['one for ARMv6 on ARMv6', { '/app': armProgram(6) }, v6, null],
    ['one for ARMv7 on an unknown Arm', { '/app': armProgram(10) }, { arch: 'arm' }, null],
  ])('%s', (_what, files, host, fault) => {
    const outcome = run(files, {}, host);
    expect(outcome).toMatchObject({ outcome: 'runs', fault: 'none', culprit: null });
    expect(outcome.suspicion?.fault ?? null).toBe(fault);
  });
});
