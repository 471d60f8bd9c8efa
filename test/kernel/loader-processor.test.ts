import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryTree } from '../../adapters/files/directory-tree.ts';
import { padded } from '../../src/kernel/bytes.ts';
import type { Ending, ExecContext } from '../../src/kernel/ending.ts';
import { readAt, runOver, type TreeProgram } from '../../src/kernel/file-tree.ts';
import { loaderFault } from '../../src/kernel/loader/loader-fault.ts';
import { openElf } from '../../src/kernel/open-elf.ts';
import { openExec } from '../../src/kernel/open-exec.ts';
import { HEAD_SIZE } from '../../src/kernel/script.ts';
import { settleHost } from '../../src/kernel/settle-host.ts';
import { suite } from '../lab/requirements.ts';
import type { Entry, LoaderCase } from './loader-cases.ts';
import { build, buildHelper, filesOf, HOST, LOADERS, type Loader, runAll } from './loader-trees.ts';
import { type DynamicRecipe, makeDynamicElf } from './make-dynamic-elf.ts';

const LEVELS = [1, 2, 3, 4];

/** What the loader is told of by name and what it finds depends on the level of x86-64. */
function casesOf({ id, interp, directories: [first = ''] }: Loader): LoaderCase[] {
  const app = (recipe: DynamicRecipe): Entry => ({ file: makeDynamicElf({ interp, ...recipe }) });
  const library = (recipe: DynamicRecipe = {}): Entry => ({ file: makeDynamicElf({ soname: 'libx.so', ...recipe }) });
  const make = (name: string, nodes: Record<string, Entry>, cache?: 'new'): LoaderCase => {
    return { id: `${id} ${name}`, nodes, name: '/bin/app', uid: 0, ...(cache ? { cache } : {}) };
  };
  const needs = app({ needed: ['libx.so'] });
  const bad: Entry = { file: new TextEncoder().encode('no library '.repeat(20)) };
  const conf: Entry = { file: new TextEncoder().encode('/opt/lib\n') };
  return LEVELS.flatMap((level) => {
    const below = (directory: string) => `${directory}/glibc-hwcaps/x86-64-v${level}/libx.so`;
    return [
      make(`program of level ${level}`, { '/bin/app': app({ isaLevel: level }) }),
      make(`library of level ${level}`, { '/bin/app': needs, [`${first}/libx.so`]: library({ isaLevel: level }) }),
      make(`only below v${level}`, { '/bin/app': needs, [below(first)]: library() }),
      make(`a bad one below v${level}`, { '/bin/app': needs, [below(first)]: bad, [`${first}/libx.so`]: library() }),
      make(`a bad one beside v${level}`, { '/bin/app': needs, [below(first)]: library(), [`${first}/libx.so`]: bad }),
      make(
        `only in the cache for v${level}`,
        { '/bin/app': needs, [below('/opt/lib')]: library(), '/etc/ld.so.conf': conf },
        'new',
      ),
      make(
        `in the cache for v${level} and for all`,
        {
          '/bin/app': needs,
          [below('/opt/lib')]: library({ needed: ['libgone.so'] }),
          '/opt/lib/libx.so': library(),
          '/etc/ld.so.conf': conf,
        },
        'new',
      ),
    ];
  });
}

/** What stops the loader on a processor of that level. */
function* faultOn(name: string, cpuLevel: number | null, context: ExecContext): TreeProgram<Ending | null> {
  const opened = yield* openExec(name, 'entrypoint', context);
  if ('refused' in opened) return opened.refused;
  const { file } = opened;
  const head = padded(yield* readAt(file.path ?? '', 0, HEAD_SIZE), HEAD_SIZE);
  const elf = yield* openElf(file, head, 'entrypoint', context);
  if ('outcome' in elf) return elf;
  if (!elf.loader) return null;
  const { main: image, loader, handler: layout } = elf;
  return yield* loaderFault({ program: file, image, loader, layout, page: 4096n, cpuLevel }, context);
}

const contextOf = (): ExecContext => ({ host: settleHost(HOST), who: { uid: 0, gid: 0 }, cwd: '/', chain: [] });

/** The level of this machine's processor, as its own loader tells it. */
function ownLevel(loader: string): number {
  const text = execFileSync(loader, ['--help'], { encoding: 'utf8' });
  const levels = [...text.matchAll(/x86-64-v(\d) \(supported/g)].map((match) => Number(match[1]));
  return Math.max(1, ...levels);
}

suite('what depends on the processor, against real loaders', ['mounts', 'gcc', 'x86-64', 'debian-binaries'], () => {
  let folder = '';
  let helper = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'loaders-'));
    chmodSync(folder, 0o755);
    helper = buildHelper(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe.each(LOADERS.filter((each) => each.libc === 'glibc').map((loader) => ({ loader })))(
    '$loader.id',
    ({ loader }) => {
      const cases = casesOf(loader);
      let roots: string[] = [];
      let seen: ReturnType<typeof runAll> = [];
      let level = 0;

      beforeAll(async () => {
        const base = await filesOf(loader, folder);
        level = ownLevel(base.get(loader.interp) ?? '');
        roots = cases.map((_, i) => join(folder, `${loader.release}-${i}`));
        for (const [i, each] of cases.entries()) build(roots[i] ?? '', each, base);
        seen = runAll(helper, roots, cases);
      }, 120_000);

      it('agrees on every case', () => {
        const differing = cases.flatMap((each, i) => {
          const fault = runOver(directoryTree(roots[i] ?? ''), faultOn(each.name, level, contextOf()));
          const model = `exit ${fault?.exit ?? 0}`;
          const real = seen[i]?.end ?? '';
          return model === real
            ? []
            : [`${each.id}: model ${model} (${fault?.because}), loader ${real} ${seen[i]?.errors}`];
        });
        expect(differing).toEqual([]);
        expect(new Set(seen.map((each) => each.end)).size).toBeGreaterThan(1);
      });

      it('says nothing uncertain of a processor that is not known', () => {
        for (const [i, each] of cases.entries()) {
          const fault = runOver(directoryTree(roots[i] ?? ''), faultOn(each.name, null, contextOf()));
          if (fault) expect(`exit ${fault.exit}`, each.id).toBe(seen[i]?.end);
        }
      });
    },
  );
});
