import { describe, expect, it } from 'vitest';
import { execve } from '../../../src/kernel/execve.ts';
import { runOver } from '../../../src/kernel/file-tree.ts';
import type { KernelHost } from '../../../src/kernel/host.ts';
import type { Outcome } from '../../../src/kernel/outcome.ts';
import { plainHost } from '../../../src/kernel/plain-host.ts';
import { assumptionsFor } from '../../../src/playbook/judge/assumptions.ts';
import { type ElfRecipe, makeElf } from '../../kernel/make-elf.ts';
import { memoryTree } from '../../kernel/memory-tree.ts';

/** A host whose engine tells its architecture, and nothing else. */
const host = (architecture: string, more: Partial<KernelHost> = {}): KernelHost => ({
  ...plainHost({ os: 'linux', architecture, variant: null }),
  binfmt: null,
  ...more,
});

const assumed = (id: string, of: KernelHost): KernelHost => {
  const found = assumptionsFor(of).find((each) => each.id === id);
  if (!found) throw new Error(`${id} is not assumed`);
  return found.host;
};

function start(program: ElfRecipe, on: KernelHost): Outcome {
  const request = { argv: ['/app'], path: '/bin', cwd: '/', uid: 0, gid: 0 };
  return runOver(memoryTree({ '/app': makeElf(program) }), execve(request, on));
}

const EMULATORS = ['emulator-without-f', 'emulator-with-f'];

describe('what an engine does not tell of its host', () => {
  it.each<[string, KernelHost, readonly string[]]>([
    ['of an amd64 host its emulators and whether it runs 32-bit programs', host('amd64'), [...EMULATORS, 'no-32-bit']],
    [
      'of an arm64 host also the size of its pages, larger ones being the commoner',
      host('arm64'),
      [...EMULATORS, 'no-32-bit', 'pages-64k', 'pages-16k'],
    ],
    ['of other hosts only the emulators', host('riscv64'), EMULATORS],
    ['nothing of emulators, once they are listed', host('riscv64', { binfmt: [] }), []],
    ['nothing of 32-bit programs, once they are known to run', host('amd64', { compat32: true }), EMULATORS],
    ['nothing of 32-bit programs, once they are known not to run', host('amd64', { compat32: false }), EMULATORS],
    ['nothing of pages, once their size is known', host('arm64', { pageSize: 4096 }), [...EMULATORS, 'no-32-bit']],
    ['nothing of the pages of amd64: there is one size only', host('amd64', { binfmt: [] }), ['no-32-bit']],
  ])('is %s', (_what, of, ids) => expect(assumptionsFor(of).map(({ id }) => id)).toEqual(ids));

  it('is told in words that go on after “the host …”', () => {
    expect(assumptionsFor(host('arm64')).map(({ words }) => words)).toEqual([
      'has emulators registered without flag F, whose interpreter is looked for in the container',
      'has emulators registered',
      'runs no 32-bit programs',
      'has a kernel with pages of 64 KiB',
      'has a kernel with pages of 16 KiB',
    ]);
  });

  it('changes nothing else of the host', () => {
    const arm = host('arm64', { kernel: '6.1' });
    expect(assumed('no-32-bit', arm)).toEqual({ ...arm, compat32: false });
    expect(assumed('pages-64k', arm)).toEqual({ ...arm, pageSize: 65536 });
    expect(assumed('pages-16k', arm)).toEqual({ ...arm, pageSize: 16384 });
  });
});

const PROGRAMS: readonly [string, string, ElfRecipe][] = [
  ['amd64', 'x86_64', { machine: 62 }],
  ['arm64', 'aarch64', { machine: 183 }],
  ['arm', 'arm', { bits: 32, machine: 40 }],
  ['386', 'i386', { bits: 32, machine: 3 }],
  ['riscv64', 'riscv64', { machine: 243 }],
  ['ppc64le', 'ppc64le', { machine: 21 }],
  ['s390x', 's390x', { machine: 22, little: false }],
  ['loong64', 'loongarch64', { machine: 258 }],
];

describe.each(PROGRAMS)('a program for %s', (arch, emulator, program) => {
  const other = host(arch === 'ppc64le' ? 's390x' : 'ppc64le');
  const interpreter = `/usr/bin/qemu-${emulator}-static`;

  it('is refused by another host without emulators', () => {
    expect(start(program, other)).toMatchObject({ outcome: 'ENOEXEC', fault: 'wrong-arch-binary' });
  });

  it('runs under an emulator that was opened when it was registered (flag F)', () => {
    expect(start(program, assumed('emulator-with-f', other)).outcome).toBe('runs');
  });

  it('runs under it with another OS ABI and as a position-independent program, too', () => {
    const pie = { ...program, osabi: 3, type: 3 };
    expect(start(pie, assumed('emulator-with-f', other)).outcome).toBe('runs');
  });

  it('is not found without flag F: the emulator is looked for in the container', () => {
    const outcome = start(program, assumed('emulator-without-f', other));
    expect(outcome).toMatchObject({ outcome: 'ENOENT', errno: 2, culprit: interpreter });
  });

  it('is given to no emulator on its own host', () => {
    const own = assumed('emulator-with-f', host(arch)).binfmt ?? [];
    expect(own.map((handler) => handler.interpreter)).not.toContain(interpreter);
    expect(own).toHaveLength(PROGRAMS.length - 1);
  });

  it('is known to the kernel by the emulator’s usual name', () => {
    const handlers = assumed('emulator-with-f', other).binfmt ?? [];
    expect(handlers.find((handler) => handler.interpreter === interpreter)?.name).toBe(`qemu-${emulator}`);
  });
});

describe('an emulator', () => {
  it.each<[string, ElfRecipe]>([
    ['a program of the other byte order', { machine: 183, little: false }],
    ['a program of the other word size', { machine: 183, elfClass: 1 }],
    ['a program of an unknown ELF version', { machine: 183, version: 2 }],
    ['a program for a machine that nobody emulates', { machine: 2 }],
    ['a program for a machine whose number only begins alike', { machine: 183 + 256 }],
  ])('does not take %s', (_what, program) => {
    expect(start(program, assumed('emulator-with-f', host('amd64'))).outcome).toBe('ENOEXEC');
  });
});
