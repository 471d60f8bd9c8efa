import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryTree } from '../../adapters/files/directory-tree.ts';
import { execve } from '../../src/kernel/execve.ts';
import { runOver, type SyncFileTree } from '../../src/kernel/file-tree.ts';
import type { KernelHost } from '../../src/kernel/host.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { debianPackage, type Release } from '../lab/debian-package.ts';
import { suite } from '../lab/requirements.ts';
import { type Entry, type Flavour, type LoaderCase, loaderCases } from './loader-cases.ts';

/** A loader, the package it comes from, and where its files go. */
interface Loader extends Flavour {
  readonly package: string;
  readonly release: Release;
  readonly files: Readonly<Record<string, readonly string[]>>;
}

const GNU = '/lib/x86_64-linux-gnu';
const glibc = { libc: 'glibc', interp: '/lib64/ld-linux-x86-64.so.2', package: 'libc6' } as const;
const musl = { libc: 'musl', interp: '/lib/ld-musl-x86_64.so.1', package: 'musl' } as const;
const glibcDirectories = [GNU, `/usr${GNU}`, '/lib', '/usr/lib'];
const muslDirectories = ['/lib', '/usr/local/lib', '/usr/lib'];
const glibcFiles = {
  '/lib64/ld-linux-x86-64.so.2': [`${GNU}/ld-linux-x86-64.so.2`, `/usr${GNU}/ld-linux-x86-64.so.2`],
  [`${GNU}/libc.so.6`]: [`${GNU}/libc.so.6`, `/usr${GNU}/libc.so.6`],
};
const muslFiles = {
  '/lib/ld-musl-x86_64.so.1': ['/lib/x86_64-linux-musl/libc.so', '/usr/lib/x86_64-linux-musl/libc.so'],
};

const LOADERS: readonly Loader[] = [
  { ...glibc, id: 'glibc 2.36', release: 'bookworm', directories: glibcDirectories, files: glibcFiles },
  { ...glibc, id: 'glibc 2.41', release: 'trixie', directories: glibcDirectories, files: glibcFiles },
  { ...musl, id: 'musl 1.2.3', release: 'bookworm', directories: muslDirectories, files: muslFiles },
  { ...musl, id: 'musl 1.2.5', release: 'trixie', directories: muslDirectories, files: muslFiles },
];

/** How many of the outcomes that the model calls `runs` may in truth fail: files cut or changed where nothing is certain. */
const UNCERTAIN_MAX = 0.06;

function place(root: string, path: string, node: Entry): void {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true });
  if ('link' in node) symlinkSync(node.link, at);
  else if ('directory' in node) mkdirSync(at, { recursive: true });
  else {
    writeFileSync(at, node.file);
    chmodSync(at, node.mode ?? 0o755);
  }
}

function build(root: string, each: LoaderCase, base: ReadonlyMap<string, string>): void {
  mkdirSync(join(root, 'proc'), { recursive: true });
  for (const [path, from] of base) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    linkSync(from, join(root, path));
  }
  for (const [path, node] of Object.entries(each.nodes)) place(root, path, node);
  if (each.cache) {
    execFileSync('/sbin/ldconfig', ['-r', root, '-X', '-c', each.cache], { stdio: 'ignore' });
    for (const path of each.stale ?? []) rmSync(join(root, path), { force: true });
  }
}

/** What the loader did: its end, and its complaint. */
interface Seen {
  readonly end: string;
  readonly errors: string;
}

const hex = (text: string) => Buffer.from(text).toString('hex');

function runAll(helper: string, roots: readonly string[], cases: readonly LoaderCase[]): Seen[] {
  const input = cases.map(({ uid, name }, i) => `${uid} ${uid} ${hex(roots[i] ?? '')} ${hex(name)}\n`).join('');
  const lines = execFileSync(helper, { input, encoding: 'utf8', maxBuffer: 1 << 26 })
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const [kind = '', status = '', errors = ''] = line.split(' ');
    return { end: `${kind} ${status}`, errors: Buffer.from(errors, 'hex').toString() };
  });
}

/** What the first line of the complaint names: a library, or what lacks a version or a symbol. */
function named(errors: string): string | null {
  const line = errors.split('\n').find((each) => !/ignored\.$|no version information/.test(each)) ?? '';
  const patterns = [
    /error while loading shared libraries: ([^:]*): /,
    /: ([^:]*): version `[^']*' not found/,
    /symbol lookup error: ([^:]*): undefined symbol/,
    /^Error loading shared library ([^:]*): /,
    /^Error relocating ([^:]*): /,
  ];
  for (const pattern of patterns) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return null;
}

function wordsOf(outcome: Outcome): string {
  if (outcome.outcome === 'signal') return `signal ${(outcome.exit ?? 0) - 128}`;
  return `exit ${outcome.outcome === 'runs' ? 0 : outcome.exit}`;
}

type Agreement = 'agrees' | 'uncertain' | 'differs';

function compare(outcome: Outcome, seen: Seen): Agreement {
  if (wordsOf(outcome) !== seen.end) return outcome.outcome === 'runs' ? 'uncertain' : 'differs';
  const culprit = named(seen.errors);
  if (outcome.outcome !== 'loader' || culprit === null) return 'agrees';
  return basename(culprit) === basename(outcome.culprit ?? '') ? 'agrees' : 'differs';
}

const HOST: KernelHost = {
  os: 'linux',
  arch: 'amd64',
  variant: null,
  pageSize: 4096,
  compat32: false,
  kernel: null,
  binfmt: null,
  mmapMinAddr: null,
  vaBits: null,
};

/** A tree that cannot be drawn into reading much. */
function capped(tree: SyncFileTree): SyncFileTree {
  let left = 8 * 1024 * 1024;
  return {
    lstat: (path) => tree.lstat(path),
    read: (path, offset, length) => {
      left -= length;
      if (left < 0) throw new Error(`The model reads too much: ${path}.`);
      return tree.read(path, offset, length);
    },
  };
}

function predict(root: string, each: LoaderCase): Outcome {
  const request = { argv: [each.name], path: '/bin', cwd: '/', uid: each.uid, gid: each.uid };
  return runOver(capped(directoryTree(root)), execve(request, HOST));
}

suite('the model of dynamic loaders against real ones', ['root', 'gcc', 'x86-64', 'debian-binaries'], () => {
  let folder = '';
  let helper = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'loaders-'));
    helper = join(folder, 'helper');
    execFileSync('gcc', ['-O1', '-o', helper, join(import.meta.dirname, 'load-in-chroot.c')]);
    chmodSync(folder, 0o755);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The loader's own files, once on the file system of the trees, to be linked into each. */
  async function filesOf(loader: Loader): Promise<Map<string, string>> {
    const unpacked = await debianPackage(loader.package, loader.release, 'amd64');
    const below = mkdtempSync(join(folder, 'files-'));
    const files = new Map<string, string>();
    for (const [path, candidates] of Object.entries(loader.files)) {
      const copy = join(below, basename(path));
      const copied = candidates.some((candidate) => {
        try {
          copyFileSync(join(unpacked, candidate), copy);
          return true;
        } catch {
          return false;
        }
      });
      if (!copied) throw new Error(`${loader.package} of ${loader.release} has none of ${candidates.join(', ')}.`);
      chmodSync(copy, 0o755);
      files.set(path, copy);
    }
    return files;
  }

  describe.each(LOADERS.map((loader, i) => ({ loader, seed: 1000 + (i % 2) })))('$loader.id', ({ loader, seed }) => {
    const cases = loaderCases(loader, seed);
    let differing: string[] = [];
    let uncertain: string[] = [];
    let ends = new Set<string>();

    beforeAll(async () => {
      const base = await filesOf(loader);
      const below = mkdtempSync(join(folder, 'trees-'));
      chmodSync(below, 0o755);
      const roots = cases.map((_, i) => join(below, `r${i}`));
      for (const [i, each] of cases.entries()) build(roots[i] ?? '', each, base);
      const seen = runAll(helper, roots, cases);
      const tell = (each: LoaderCase, i: number) => {
        const outcome = predict(roots[i] ?? '', each);
        const real = seen[i] ?? { end: 'nothing', errors: '' };
        const model = `${wordsOf(outcome)} ${outcome.culprit} ${outcome.fault} (${outcome.because})`;
        const agreement = compare(outcome, real);
        return { agreement, text: `${each.id}: model ${model}, loader ${real.end} ${real.errors.trim()}` };
      };
      const told = cases.map(tell);
      differing = told.filter((each) => each.agreement === 'differs').map((each) => each.text);
      uncertain = told.filter((each) => each.agreement === 'uncertain').map((each) => each.text);
      ends = new Set(seen.map((each) => each.end));
    }, 120_000);

    it('meets every kind of end', () => {
      expect(new Set(cases.map((each) => each.id)).size).toBe(cases.length);
      for (const end of loader.libc === 'glibc'
        ? ['exit 0', 'exit 1', 'exit 127', 'signal 11']
        : ['exit 0', 'exit 127']) {
        expect(ends).toContain(end);
      }
    });

    it('agrees wherever the model is certain', () => expect(differing).toEqual([]));

    it('is rarely uncertain', () => {
      expect(uncertain.length / cases.length, uncertain.join('\n')).toBeLessThan(UNCERTAIN_MAX);
    });
  });
});
