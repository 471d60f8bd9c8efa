import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execve } from '../../src/kernel/execve.ts';
import { runOver, type SyncFileTree } from '../../src/kernel/file-tree.ts';
import type { BinfmtHandler, KernelHost } from '../../src/kernel/host.ts';
import { FAULTS } from '../../src/kernel/outcome.ts';
import { timeFor } from './expect-agreement.ts';
import { makeElf } from './make-elf.ts';
import { type Content, memoryTree } from './memory-tree.ts';

/** `npm run kernel:long` asks for more. */
const RUNS = Number(process.env.EXECFMT_FUZZ_RUNS ?? 3000);
const LARGEST_READ = 1024 * 1024;
const MOST_REQUESTS = 20_000;

/** Lists what was asked, and ends a model that asks without end. */
function watched(tree: SyncFileTree): SyncFileTree {
  let requests = 0;
  const count = () => {
    requests += 1;
    if (requests > MOST_REQUESTS) throw new Error('the model asks without end');
  };
  return {
    lstat: (path) => {
      count();
      expect(path.startsWith('/')).toBe(true);
      return tree.lstat(path);
    },
    read: (path, offset, length) => {
      count();
      expect(length).toBeLessThanOrEqual(LARGEST_READ);
      expect(Number.isSafeInteger(offset) && offset >= 0 && length >= 0).toBe(true);
      return tree.read(path, offset, length);
    },
  };
}

const NAMES = ['/app', '/bin/sh', '/ld', '/lib/libc.so.6', '/etc/ld.so.cache', '/usr/bin/env', '/bin/env', '/x'];
const shebang = fc
  .tuple(fc.constantFrom('#!', '#! ', '#!\t'), fc.constantFrom(...NAMES, 'sh', ''), fc.string({ maxLength: 300 }))
  .map((parts) => parts.join(''));

/** A valid program, with some of its bytes changed and its end cut off. */
const mutatedElf = fc
  .record({
    machine: fc.constantFrom(62, 183, 3, 40, 22, 243, 21),
    type: fc.constantFrom(2, 3),
    bits: fc.constantFrom(32 as const, 64 as const),
    little: fc.boolean(),
    interp: fc.constantFrom(undefined, '/ld', '/missing', ''),
    changes: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 12 }),
    size: fc.nat(1300),
  })
  .map(({ machine, type, bits, little, interp, changes, size }) => {
    const bytes = makeElf({ machine, type, bits, little, ...(interp !== undefined && { interp }) });
    for (const [at, value] of changes) bytes[at] = value;
    return bytes.subarray(0, Math.max(size, 8));
  });

const content: fc.Arbitrary<Content> = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  mutatedElf,
  shebang,
  fc.constantFrom(...NAMES, '.', '..', '/').map((link) => ({ link })),
  fc.constant(null),
  fc.record({ file: fc.oneof(shebang, mutatedElf), mode: fc.nat(0o7777), uid: fc.constantFrom(0, 1000) }),
);

const handler: fc.Arbitrary<BinfmtHandler> = fc.record({
  name: fc.constantFrom('qemu-x', 'other'),
  enabled: fc.boolean(),
  interpreter: fc.constantFrom(...NAMES, ''),
  flags: fc.constantFrom('', 'F', 'OC', 'POCF'),
  match: fc.oneof(
    fc.record({
      kind: fc.constant('magic' as const),
      offset: fc.nat(300),
      magic: fc.uint8Array({ maxLength: 4 }),
      mask: fc.option(fc.uint8Array({ maxLength: 4 })),
    }),
    fc.record({ kind: fc.constant('extension' as const), extension: fc.string({ maxLength: 3 }) }),
  ),
});

const host: fc.Arbitrary<KernelHost> = fc.record({
  os: fc.constantFrom('linux', 'linux', 'linux', 'windows'),
  arch: fc.constantFrom('amd64', 'arm64', 'arm', '386', 's390x', 'riscv64', 'ppc64le', 'loong64', 'mips', 'unknown'),
  variant: fc.option(fc.constantFrom('v6', 'v7', 'v8')),
  pageSize: fc.option(fc.constantFrom(4096, 16384, 65536)),
  compat32: fc.option(fc.boolean()),
  kernel: fc.option(fc.constantFrom('6.1', '6.12', '6.18', 'nonsense')),
  binfmt: fc.option(fc.array(handler, { maxLength: 3 })),
  mmapMinAddr: fc.option(fc.constantFrom(0, 4096, 65536)),
  vaBits: fc.option(fc.constantFrom(32, 39, 47, 48)),
});

describe('the kernel model, given anything', () => {
  it(`answers with an outcome, in bounded reads (${RUNS} times)`, { timeout: timeFor(RUNS) }, () => {
    const request = fc.record({
      argv: fc.array(fc.oneof(fc.constantFrom(...NAMES, 'sh', 'app', './app'), fc.string()), { maxLength: 3 }),
      path: fc.option(fc.oneof(fc.constantFrom('/bin', '/bin:', ':.:/'), fc.string())),
      cwd: fc.oneof(fc.constantFrom('/', '/bin', '/missing', '/app'), fc.string()),
      uid: fc.constantFrom(0, 1000),
      gid: fc.constantFrom(0, 1000),
    });
    const tree = fc.dictionary(fc.constantFrom(...NAMES), content, { minKeys: 1 });
    fc.assert(
      fc.property(tree, request, host, (files, asked, on) => {
        const { outcome, fault, because } = runOver(watched(memoryTree(files)), execve(asked, on));
        expect(FAULTS).toContain(fault);
        expect(because).not.toBe('');
        expect(outcome).toBeTruthy();
      }),
      { numRuns: RUNS, seed: 20261121 },
    );
  });
});
