import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHeader, parseProgramHeaders } from '../../src/kernel/elf.ts';
import { execve } from '../../src/kernel/execve.ts';
import { runOver, type SyncFileTree } from '../../src/kernel/file-tree.ts';
import type { BinfmtHandler, KernelHost } from '../../src/kernel/host.ts';
import { mappingFault } from '../../src/kernel/loader/glibc-verify.ts';
import { FAULTS, type Outcome } from '../../src/kernel/outcome.ts';
import { glibcStandIn, muslStandIn } from './loader-stand-in.ts';
import { type DynamicRecipe, makeDynamicElf } from './make-dynamic-elf.ts';
import { makeElf } from './make-elf.ts';
import { type Content, memoryTree } from './memory-tree.ts';

const HOST: KernelHost = {
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

const GLIBC = '/lib64/ld-linux-x86-64.so.2';
const MUSL = '/lib/ld-musl-x86_64.so.1';
const GNU = '/lib/x86_64-linux-gnu';
const loaders = { [GLIBC]: glibcStandIn(), [MUSL]: muslStandIn() };
const app = (recipe: DynamicRecipe = {}) => makeDynamicElf({ interp: GLIBC, ...recipe });
const muslApp = (recipe: DynamicRecipe = {}) => makeDynamicElf({ interp: MUSL, ...recipe });

function over(tree: SyncFileTree, host: Partial<KernelHost> = {}, uid = 0): Outcome {
  return runOver(tree, execve({ argv: ['/app'], path: '/bin', cwd: '/', uid, gid: uid }, { ...HOST, ...host }));
}

const run = (files: Record<string, Content>, host: Partial<KernelHost> = {}) =>
  over(memoryTree({ ...loaders, ...files }), host);

describe('what a responder is told of a loader', () => {
  const foreign = makeDynamicElf({ soname: 'libx.so', machine: 183 });
  const cases: [string, Record<string, Content>, Partial<Outcome>, RegExp][] = [
    [
      'a missing library',
      { '/app': app({ needed: ['libpq.so.5'] }) },
      { outcome: 'loader', culprit: 'libpq.so.5', exit: 127, fault: 'library-missing', errno: null },
      /^\/app needs libpq\.so\.5, which is not in \/lib\/x86_64-linux-gnu, \/usr\/lib\/x86_64-linux-gnu, \/lib and \/usr\/lib\.$/,
    ],
    [
      'a library that a library misses',
      { '/app': app({ needed: ['liba.so'] }), [`${GNU}/liba.so`]: makeDynamicElf({ needed: ['libb.so'] }) },
      { culprit: 'libb.so', fault: 'library-missing' },
      /^\/lib\/x86_64-linux-gnu\/liba\.so needs libb\.so/,
    ],
    [
      'a library for another machine only',
      { '/app': app({ needed: ['libx.so'] }), [`${GNU}/libx.so`]: foreign },
      { culprit: 'libx.so', fault: 'library-missing', exit: 127 },
      /ARM aarch64.*for another machine, and is passed over\.$/,
    ],
    [
      'a missing version',
      {
        '/app': app({ needed: ['libx.so'], needsVersions: [{ file: 'libx.so', name: 'X_3' }] }),
        [`${GNU}/libx.so`]: makeDynamicElf({ soname: 'libx.so', versions: ['X_1', 'X_2'] }),
      },
      { outcome: 'loader', culprit: 'libx.so', exit: 1, fault: 'symbol-version-missing' },
      /needs version X_3 of libx\.so.*does not have\. The newest of its kind there is X_2\.$/,
    ],
    [
      'an undefined symbol',
      { '/app': app({ wants: [{ name: 'gone' }] }) },
      { outcome: 'loader', culprit: '/app', exit: 127, fault: 'symbol-version-missing' },
      /needs symbol gone/,
    ],
    [
      'a text in place of a library',
      {
        '/app': app({ needed: ['libx.so'] }),
        [`${GNU}/libx.so`]: 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1234567\n',
      },
      { culprit: 'libx.so', exit: 127, fault: 'foreign-format' },
      /"invalid ELF header"/,
    ],
    [
      'an empty library',
      { '/app': app({ needed: ['libx.so'] }), [`${GNU}/libx.so`]: '' },
      { culprit: 'libx.so', fault: 'empty-file' },
      /"file too short"/,
    ],
    [
      'musl and a missing library',
      { '/app': muslApp({ needed: ['libz.so.1'] }) },
      { outcome: 'loader', culprit: 'libz.so.1', exit: 127, fault: 'library-missing' },
      /is not in \/lib, \/usr\/local\/lib and \/usr\/lib\.$/,
    ],
    [
      'musl and a program built for glibc',
      { '/app': muslApp({ needed: ['libc.so.6'], wants: [{ name: '__printf_chk' }] }) },
      { outcome: 'loader', culprit: '/app', exit: 127, fault: 'symbol-version-missing' },
      /it may have been built for glibc\.$/,
    ],
    [
      'PIE without PT_PHDR',
      { '/app': app({ withoutPhdr: true }) },
      { outcome: 'signal', exit: 139, culprit: '/app', fault: 'not-exec-format' },
      /no PT_PHDR/,
    ],
  ];
  it.each(cases)('%s', (_, files, expected, because) => {
    const outcome = run(files);
    expect(outcome).toMatchObject(expected);
    expect(outcome.because).toMatch(because);
  });

  it('says nothing of a loader that it does not know', () => {
    const files = { '/app': makeDynamicElf({ interp: '/ld.so', needed: ['libx.so'] }), '/ld.so': makeElf({ type: 3 }) };
    expect(run(files)).toMatchObject({ outcome: 'runs', fault: 'none' });
  });

  it('blames the page size for a library that smaller pages would load', () => {
    const image = (offset: bigint, vaddr: bigint) => {
      const bytes = makeElf({
        type: 3,
        segments: [
          { offset, vaddr },
          { type: 2, vaddr },
        ],
      });
      const layout = { bits: 64, little: true } as const;
      return {
        header: parseHeader(bytes, layout),
        segments: parseProgramHeaders(bytes.subarray(64, 176), layout),
        fileSize: 0n,
      };
    };
    expect(mappingFault(image(0x1000n, 0x2000n), 4096n, 36)).toBeNull();
    expect(mappingFault(image(0x1000n, 0x2000n), 16384n, 36)).toMatchObject({ fault: 'page-size' });
    expect(mappingFault(image(0x1000n, 0x2001n), 16384n, 36)).toMatchObject({ fault: 'foreign-format' });
    expect(mappingFault(image(0x4000n, 0x8000n), 16384n, 31)).toMatchObject({ fault: 'page-size' });
  });

  it('applies the same rules below an emulator', () => {
    const handler: BinfmtHandler = {
      name: 'qemu-x86_64',
      enabled: true,
      interpreter: '/usr/bin/qemu-x86_64-static',
      flags: 'F',
      match: { kind: 'magic', offset: 18, magic: new Uint8Array([62, 0]), mask: null },
    };
    const files = { '/app': app({ needed: ['libx.so'] }) };
    const onArm = { arch: 'arm64', binfmt: [handler] };
    expect(run(files, onArm)).toMatchObject({
      outcome: 'loader',
      culprit: 'libx.so',
      exit: 127,
      fault: 'library-missing',
    });
    expect(run({ '/app': app() }, onArm)).toMatchObject({ outcome: 'runs' });
  });
});

/** A tree that counts what is read of it. */
function counting(tree: SyncFileTree): SyncFileTree & { bytes: number } {
  return {
    bytes: 0,
    lstat: (path) => tree.lstat(path),
    read(path, offset, length) {
      const read = tree.read(path, offset, length);
      this.bytes += read.length;
      return read;
    },
  };
}

describe('whatever the bytes are', () => {
  const known = new Set<string>(FAULTS);
  const LIMIT = 64 * 1024 * 1024;
  const holds = (files: Record<string, Content>) => {
    const tree = counting(memoryTree({ ...loaders, ...files }));
    const outcome = over(tree);
    expect(known).toContain(outcome.fault);
    expect(outcome.because).toMatch(/\.$/);
    expect(tree.bytes).toBeLessThan(LIMIT);
  };
  const rich: DynamicRecipe = {
    soname: 'libx.so',
    needed: ['liby.so', 'libx.so'],
    rpath: '$ORIGIN:/a:$LIB',
    versions: ['X_1', 'X_2'],
    needsVersions: [{ file: 'liby.so', name: 'Y_1' }],
    defines: [{ name: 'alpha', version: 'X_1' }, { name: 'beta' }],
    wants: [
      { name: 'gamma', weak: true },
      { name: 'alpha', version: { file: 'liby.so', name: 'Y_1' }, lazy: true },
    ],
    bindNow: true,
    isaLevel: 2,
  };
  const good = makeDynamicElf(rich);
  const other = makeDynamicElf({ soname: 'liby.so', versions: ['Y_1'], defines: [{ name: 'alpha', version: 'Y_1' }] });
  const changes = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 12,
  });
  const changed = changes.map((list) => {
    const bytes = Uint8Array.from(good);
    for (const [at, value] of list) bytes[at] = value;
    return bytes;
  });
  const interps = fc.constantFrom(GLIBC, MUSL);

  it('a library of any bytes never breaks it', () => {
    const library = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      changed,
      fc.nat({ max: good.length }).map((n) => good.subarray(0, n)),
    );
    fc.assert(
      fc.property(library, interps, (bytes, interp) => {
        const program = makeDynamicElf({ interp, needed: ['libx.so'] });
        holds({
          '/app': program,
          [`${GNU}/libx.so`]: bytes,
          '/lib/libx.so': bytes,
          [`${GNU}/liby.so`]: other,
          '/lib/liby.so': other,
        });
      }),
      { numRuns: 1500 },
    );
  });

  it('a program with any dynamic section never breaks it', () => {
    const tag = fc.oneof(
      fc.nat({ max: 40 }),
      fc.integer({ min: 0x6ffffef0, max: 0x6fffffff }),
      fc.constant(0x7fffffff),
    );
    const value = fc.oneof(
      fc.nat({ max: 0x3000 }),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((n) => n),
    );
    const section = fc.array(fc.tuple(tag, value), { maxLength: 40 });
    fc.assert(
      fc.property(section, interps, (entries, interp) => {
        const program = makeDynamicElf({ ...rich, interp });
        const view = new DataView(program.buffer);
        const at =
          program.length - 0x1000 * Math.floor(program.length / 0x1000) === 0
            ? 0
            : Math.floor(program.length / 0x1000) * 0x1000;
        entries.forEach(([each, of], i) => {
          if (at + i * 16 + 16 > program.length) return;
          view.setBigUint64(at + i * 16, BigInt(each), true);
          view.setBigUint64(at + i * 16 + 8, BigInt(of), true);
        });
        holds({
          '/app': program,
          [`${GNU}/libx.so`]: good,
          '/lib/libx.so': good,
          [`${GNU}/liby.so`]: other,
          '/lib/liby.so': other,
        });
      }),
      { numRuns: 1500 },
    );
  });

  it('a loader, a cache and a path file of any bytes never break it', () => {
    const cacheHead = fc.constantFrom('', 'glibc-ld.so.cache1.1', 'ld.so-1.7.0\0\x01\0\0\0');
    fc.assert(
      fc.property(cacheHead, fc.uint8Array({ maxLength: 300 }), interps, (head, bytes, interp) => {
        const cache = Uint8Array.from([...new TextEncoder().encode(head), ...bytes]);
        const program = makeDynamicElf({ interp, needed: ['libx.so', 'libnone.so'] });
        holds({
          '/app': program,
          '/etc/ld.so.cache': cache,
          '/etc/ld-musl-x86_64.path': bytes,
          '/etc/ld.so.preload': bytes,
        });
        const loader = Uint8Array.from(glibcStandIn());
        loader.set(bytes, 0x2000);
        holds({ '/app': program, [GLIBC]: loader });
      }),
      { numRuns: 1000 },
    );
  });

  it('many libraries that need each other come to an end', () => {
    const names = Array.from({ length: 300 }, (_, i) => `lib${i}.so`);
    const library = makeDynamicElf({ needed: names });
    const files = Object.fromEntries(names.map((name) => [`${GNU}/${name}`, library]));
    holds({ '/app': app({ needed: names }), ...files });
  });
});
