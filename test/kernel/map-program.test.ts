import { describe, expect, it } from 'vitest';
import { execve } from '../../src/kernel/execve.ts';
import { runOver } from '../../src/kernel/file-tree.ts';
import type { BinfmtHandler, KernelHost } from '../../src/kernel/host.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { type ElfRecipe, makeElf } from './make-elf.ts';
import { memoryTree } from './memory-tree.ts';

const host = (arch: string, more: Partial<KernelHost> = {}): KernelHost => ({
  os: 'linux',
  arch,
  variant: null,
  pageSize: 4096,
  compat32: null,
  kernel: '6.12',
  binfmt: null,
  mmapMinAddr: 4096,
  vaBits: null,
  ...more,
});

function run(files: Record<string, string | Uint8Array>, on: KernelHost): Outcome {
  const request = { argv: ['/app'], path: '/bin', cwd: '/', uid: 0, gid: 0 };
  return runOver(memoryTree(files), execve(request, on));
}

const code = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const arm64 = (recipe: ElfRecipe) => makeElf({ machine: 183, code: code('000080d2a80b80d2010000d4'), ...recipe });
const arm = (recipe: ElfRecipe) =>
  makeElf({ bits: 32, machine: 40, flags: 0x05000400, code: code('0000a0e30170a0e3000000ef'), ...recipe });

describe('a program in memory', () => {
  it('starts where its loader says, also when that is in the program', () => {
    const away = { vaddr: 0x10000000n };
    const files = { '/app': makeElf({ interp: '/ld' }), '/ld': makeElf({ segments: [away], entry: 0x400400n }) };
    expect(run(files, host('amd64')).outcome).toBe('runs');
    const nowhere = { ...files, '/ld': makeElf({ segments: [away], entry: 0x700400n }) };
    expect(run(nowhere, host('amd64'))).toMatchObject({ outcome: 'signal', exit: 139, culprit: '/ld' });
  });

  it('is killed on arm64 by SIGBUS at an odd entry point, by SIGSEGV outside of its segments', () => {
    expect(run({ '/app': arm64({ entry: 0x400402n }) }, host('arm64')).exit).toBe(135);
    expect(run({ '/app': arm64({ entry: 0x500402n }) }, host('arm64')).exit).toBe(139);
  });

  it('slides on ARM through zeros, into its code or off the end', () => {
    expect(run({ '/app': arm({ entry: 0x400200n }) }, host('arm64')).outcome).toBe('runs');
    expect(run({ '/app': arm({ entry: 0x400800n }) }, host('arm64'))).toMatchObject({ outcome: 'signal', exit: 139 });
    expect(run({ '/app': arm64({ entry: 0x400200n }) }, host('arm64'))).toMatchObject({ outcome: 'signal', exit: 132 });
  });

  it('is refused by 32-bit ARM kernels between two instructions, and taken without an EABI', () => {
    expect(run({ '/app': arm({ entry: 0x400402n }) }, host('arm')).outcome).toBe('ENOEXEC');
    expect(run({ '/app': arm({ flags: 0 }) }, host('arm')).outcome).toBe('runs');
    expect(run({ '/app': arm({ flags: 0 }) }, host('arm64')).outcome).toBe('ENOEXEC');
  });

  it('may not lie where the kernel keeps its vectors page', () => {
    const over = arm({ segments: [{}, { vaddr: 0xffff0000n, flags: 4, filesz: 16n }] });
    const below = arm({ segments: [{}, { vaddr: 0xfffe0000n, flags: 4, filesz: 16n }] });
    expect(run({ '/app': over }, host('arm64'))).toMatchObject({ outcome: 'signal', exit: 139 });
    expect(run({ '/app': below }, host('arm64')).outcome).toBe('runs');
  });

  it('finds room above the stack on s390x and riscv64 only', () => {
    const wide = { type: 3, segments: [{}, { vaddr: 1n << 46n, filesz: 16n, flags: 4 }] };
    const s390x = makeElf({ ...wide, machine: 22, little: false, code: code('a72900000a01') });
    expect(run({ '/app': s390x }, host('s390x')).outcome).toBe('runs');
    const wider = { type: 3, segments: [{}, { vaddr: 1n << 48n, filesz: 16n, flags: 4 }] };
    expect(run({ '/app': arm64(wider) }, host('arm64', { vaBits: 52 })).outcome).toBe('signal');
  });
});

describe('a handler with flag O or C', () => {
  const handler = (flags: string): BinfmtHandler => ({
    name: 'magic',
    enabled: true,
    interpreter: '/stub',
    flags,
    match: { kind: 'magic', offset: 0, magic: code('4d41474943'), mask: null },
  });
  const files = { '/app': 'MAGIC', '/stub': '#!/ok\n', '/ok': makeElf() };

  it.each(['', 'P'])('is not followed by a refusal with flags "%s"', (flags) => {
    expect(run(files, host('amd64', { binfmt: [handler(flags)] })).outcome).toBe('runs');
  });

  it.each(['O', 'C', 'OC'])('allows no further interpreter with flags "%s"', (flags) => {
    const outcome = run(files, host('amd64', { binfmt: [handler(flags)] }));
    expect(outcome).toMatchObject({ outcome: 'ENOEXEC', fault: 'emulation-broken' });
    expect(outcome.chain).toEqual(['/app', '/stub', '/ok']);
    expect(run({ ...files, '/stub': makeElf() }, host('amd64', { binfmt: [handler(flags)] })).outcome).toBe('runs');
  });
});
