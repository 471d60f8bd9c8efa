import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suite } from '../lab/requirements.ts';
import { compare, predict, wordsOf } from './loader-agreement.ts';
import type { Entry, LoaderCase } from './loader-cases.ts';
import { build, buildHelper, filesOf, LOADERS, type Loader, runAll } from './loader-trees.ts';

interface Built {
  readonly id: string;
  readonly source: string;
  readonly flags: readonly string[];
  /** Sources of libraries to build first, by name: they lie in /opt/lib, and the program is linked with them. */
  readonly libraries?: Readonly<Record<string, string>>;
  /** Libraries that are left out of the tree. */
  readonly without?: readonly string[];
}

const MAIN = 'int main(void) { return 0; }';
const PRINT = '#include <stdio.h>\nint main(int c, char **v) { printf("%d", c); return 0; }';
const MATH = '#include <math.h>\nint main(int c, char **v) { return pow(c, 2) > 2; }';
const CALL = 'int f(void); int main(void) { return f(); }';
const DATA = 'extern int data; int *at = &data; int main(void) { return *at; }';
const LIBRARY = 'int data; int f(void) { return data; }';
const RUN_PATH = '-Wl,-rpath,/opt/lib';

/** What real linkers make, with their usual flags. */
const BUILT: readonly Built[] = [
  { id: 'nothing but libc', source: MAIN, flags: [] },
  { id: 'printf', source: PRINT, flags: [] },
  { id: 'printf, fixed address', source: PRINT, flags: ['-no-pie'] },
  { id: 'printf, bound now', source: PRINT, flags: ['-Wl,-z,now'] },
  { id: 'printf, fortified', source: PRINT, flags: ['-O2', '-D_FORTIFY_SOURCE=2'] },
  { id: 'packed relocations', source: PRINT, flags: ['-Wl,-z,pack-relative-relocs'] },
  { id: 'libm', source: MATH, flags: ['-lm', '-Wl,--no-as-needed'] },
  {
    id: 'libm is missing',
    source: MATH,
    flags: ['-Wl,--no-as-needed', '-lm'],
    without: ['/lib/x86_64-linux-gnu/libm.so.6'],
  },
  { id: 'static', source: PRINT, flags: ['-static'] },
  { id: 'static, position-independent', source: PRINT, flags: ['-static-pie'] },
  { id: 'a library by RUNPATH', source: CALL, flags: [RUN_PATH], libraries: { 'libf.so': LIBRARY } },
  {
    id: 'a library by RPATH',
    source: CALL,
    flags: [RUN_PATH, '-Wl,--disable-new-dtags'],
    libraries: { 'libf.so': LIBRARY },
  },
  { id: 'a library without a path', source: CALL, flags: [], libraries: { 'libf.so': LIBRARY } },
  {
    id: 'a library that is gone',
    source: CALL,
    flags: [RUN_PATH],
    libraries: { 'libf.so': LIBRARY },
    without: ['/opt/lib/libf.so'],
  },
  { id: 'data of a library', source: DATA, flags: [RUN_PATH, '-fPIE'], libraries: { 'libf.so': LIBRARY } },
  {
    id: 'copied data',
    source: 'extern int data; int main(void) { return data; }',
    flags: [RUN_PATH, '-no-pie'],
    libraries: { 'libf.so': LIBRARY },
  },
];

/** The same program, but the library in the tree lost its symbols since. */
const CHANGED: readonly Built[] = ['', '-Wl,-z,now'].flatMap((now) => [
  {
    id: `a function is gone ${now}`,
    source: CALL,
    flags: [RUN_PATH, ...(now ? [now] : ['-Wl,-z,lazy'])],
    libraries: { 'libf.so': LIBRARY },
  },
  {
    id: `data is gone ${now}`,
    source: DATA,
    flags: [RUN_PATH, ...(now ? [now] : ['-Wl,-z,lazy'])],
    libraries: { 'libf.so': LIBRARY },
  },
]);

const compile = (args: readonly string[]) => execFileSync('gcc', args, { stdio: ['ignore', 'ignore', 'inherit'] });

/** What was built, by name and flags: both releases of a loader are given the same. */
const made = new Map<string, Uint8Array>();

function buildOnce(key: string, at: string, args: readonly string[]): Uint8Array {
  const known = made.get(key);
  if (known) return known;
  compile(['-o', at, ...args]);
  const bytes = readFileSync(at);
  made.set(key, bytes);
  return bytes;
}

/** Builds a library; it stays in `folder`, for programs to be linked with. */
function buildLibrary(folder: string, name: string, source: string): Uint8Array {
  writeFileSync(join(folder, 'library.c'), source);
  const args = ['-shared', '-fPIC', join(folder, 'library.c'), `-Wl,-soname,${name}`];
  const bytes = buildOnce(`${name} ${source}`, join(folder, name), args);
  writeFileSync(join(folder, name), bytes);
  return bytes;
}

function buildProgram(folder: string, each: Built, interp: string): Record<string, Entry> {
  const nodes: Record<string, Entry> = {};
  const link = Object.entries(each.libraries ?? {}).map(([name, source]) => {
    nodes[`/opt/lib/${name}`] = { file: buildLibrary(folder, name, source) };
    return `-l:${name}`;
  });
  writeFileSync(join(folder, 'program.c'), each.source);
  const isStatic = each.flags.some((flag) => flag.startsWith('-static'));
  const loader = isStatic ? [] : [`-Wl,--dynamic-linker=${interp}`];
  const args = [join(folder, 'program.c'), '-L', folder, ...loader, ...each.flags, ...link];
  const key = `${isStatic ? '' : interp} ${each.source} ${each.flags.join(' ')} ${link.join(' ')}`;
  return { '/bin/app': { file: buildOnce(key, join(folder, 'program'), args) }, ...nodes };
}

function casesOf(loader: Loader, folder: string): LoaderCase[] {
  const below = mkdtempSync(join(folder, 'built-'));
  // musl before 1.2.4 does not know packed relocations: it leaves them out, and what comes of that is the program's affair.
  const known = BUILT.filter((each) => loader.id !== 'musl 1.2.3' || each.id !== 'packed relocations');
  const whole = known.map((each) => ({ each, nodes: buildProgram(below, each, loader.interp) }));
  const empty = { '/opt/lib/libf.so': { file: buildLibrary(below, 'libf.so', 'int other;') } };
  const changed = CHANGED.map((each) => ({ each, nodes: { ...buildProgram(below, each, loader.interp), ...empty } }));
  return [...whole, ...changed].map(({ each, nodes }) => ({
    id: `${loader.id} ${each.id}`,
    nodes: Object.fromEntries(Object.entries(nodes).filter(([path]) => !each.without?.includes(path))),
    name: '/bin/app',
    uid: 0,
    stale: each.without ?? [],
  }));
}

suite('programs that gcc built, under real loaders', ['mounts', 'gcc', 'x86-64', 'debian-binaries'], () => {
  let folder = '';
  let helper = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'loaders-'));
    chmodSync(folder, 0o755);
    helper = buildHelper(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe.each(LOADERS.map((loader) => ({ loader })))('$loader.id', ({ loader }) => {
    it('the model says what becomes of each', { timeout: 120_000 }, async () => {
      const base = await filesOf(loader, folder);
      const cases = casesOf(loader, folder);
      const roots = cases.map((_, i) => join(folder, `${loader.libc}-${loader.release}-${i}`));
      for (const [i, each] of cases.entries()) build(roots[i] ?? '', each, base);
      const seen = runAll(helper, roots, cases);
      const differing = cases.flatMap((each, i) => {
        const outcome = predict(roots[i] ?? '', each);
        const real = seen[i] ?? { end: 'nothing', errors: '' };
        // What a program does once it runs is not the loader's: a function that is bound late, say.
        const late =
          outcome.outcome === 'runs' && /symbol lookup error/.test(real.errors) && /-z,lazy|gone $/.test(each.id);
        if (compare(outcome, real) === 'agrees' || late) return [];
        return [`${each.id}: model ${wordsOf(outcome)} (${outcome.because}), loader ${real.end} ${real.errors}`];
      });
      expect(differing).toEqual([]);
      expect(new Set(seen.map((each) => each.end)).size).toBeGreaterThan(1);
    });
  });
});
