import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BinfmtHandler, KernelHost } from '../../src/kernel/host.ts';
import { debianBinary } from '../lab/debian-binary.ts';
import { suite } from '../lab/requirements.ts';
import { compare, predict, UNCERTAIN_MAX, wordsOf } from './loader-agreement.ts';
import { loaderCases } from './loader-cases.ts';
import { build, buildHelper, filesOf, HOST, type Loader, runAll } from './loader-trees.ts';

const EMULATOR = '/qemu-aarch64-static';
const GNU = '/lib/aarch64-linux-gnu';
const common = { machine: 183, emulator: EMULATOR, release: 'trixie' } as const;

/** The same loaders for 64-bit Arm. */
const LOADERS: readonly Loader[] = [
  {
    ...common,
    id: 'glibc 2.41 for arm64',
    libc: 'glibc',
    package: 'libc6',
    interp: '/lib/ld-linux-aarch64.so.1',
    directories: [GNU, `/usr${GNU}`, '/lib', '/usr/lib'],
    files: {
      '/lib/ld-linux-aarch64.so.1': [`/usr${GNU}/ld-linux-aarch64.so.1`],
      [`${GNU}/libc.so.6`]: [`/usr${GNU}/libc.so.6`],
    },
  },
  {
    ...common,
    id: 'musl 1.2.5 for arm64',
    libc: 'musl',
    package: 'musl',
    interp: '/lib/ld-musl-aarch64.so.1',
    directories: ['/lib', '/usr/local/lib', '/usr/lib'],
    files: { '/lib/ld-musl-aarch64.so.1': ['/usr/lib/aarch64-linux-musl/libc.so'] },
  },
];

/** As Debian registers it, but for the mask, which matters for odd headers only. */
const HANDLER: BinfmtHandler = {
  name: 'qemu-aarch64',
  enabled: true,
  interpreter: EMULATOR,
  flags: 'F',
  match: { kind: 'magic', offset: 18, magic: new Uint8Array([183, 0]), mask: null },
};
const ON: KernelHost = { ...HOST, binfmt: [HANDLER] };

/** An emulator takes its time: every so-manieth case is enough. */
const EVERY = 6;

suite('loaders in an emulator', ['mounts', 'gcc', 'x86-64', 'debian-binaries'], () => {
  let folder = '';
  let helper = '';
  let emulator = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loaders-'));
    chmodSync(folder, 0o755);
    helper = buildHelper(folder);
    emulator = join(folder, 'emulator');
    copyFileSync(await debianBinary('qemu-user-static', 'usr/bin/qemu-aarch64-static', 'amd64'), emulator);
    chmodSync(emulator, 0o755);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe.each(LOADERS.map((loader) => ({ loader })))('$loader.id', ({ loader }) => {
    // ldconfig of this machine makes no cache for another one.
    const cases = loaderCases(loader, 4711).filter((each, i) => i % EVERY === 0 && !each.cache);

    it('agrees wherever the model is certain', { timeout: 240_000 }, async () => {
      const base = await filesOf(loader, folder);
      base.set(EMULATOR, emulator);
      const below = mkdtempSync(join(folder, 'trees-'));
      chmodSync(below, 0o755);
      const roots = cases.map((_, i) => join(below, `r${i}`));
      for (const [i, each] of cases.entries()) build(roots[i] ?? '', each, base);
      const seen = runAll(helper, roots, cases, EMULATOR);
      let uncertain = 0;
      const differing = cases.flatMap((each, i) => {
        const outcome = predict(roots[i] ?? '', each, ON);
        const real = seen[i] ?? { end: 'nothing', errors: '' };
        const agreement = compare(outcome, real);
        if (agreement === 'uncertain') uncertain += 1;
        if (agreement !== 'differs') return [];
        return [
          `${each.id}: model ${wordsOf(outcome)} ${outcome.culprit} (${outcome.because}), loader ${real.end} ${real.errors}`,
        ];
      });
      expect(differing).toEqual([]);
      expect(uncertain / cases.length).toBeLessThan(UNCERTAIN_MAX);
      expect(cases.length).toBeGreaterThan(55);
      expect(new Set(seen.map((each) => each.end))).toContain('exit 127');
    });
  });
});
