import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { KernelHost } from '../../src/kernel/host.ts';
import { debianPackage, type Release } from '../lab/debian-package.ts';
import type { Entry, Flavour, LoaderCase } from './loader-cases.ts';

/** A loader, the package it comes from, and where its files go. */
export interface Loader extends Flavour {
  readonly package: string;
  readonly release: Release;
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** What runs programs for the loader's machine, in the tree; null for this machine's own. */
  readonly emulator: string | null;
}

const GNU = '/lib/x86_64-linux-gnu';
const own = { machine: 62, emulator: null } as const;
const glibc = { libc: 'glibc', interp: '/lib64/ld-linux-x86-64.so.2', package: 'libc6', ...own } as const;
const musl = { libc: 'musl', interp: '/lib/ld-musl-x86_64.so.1', package: 'musl', ...own } as const;
const glibcDirectories = [GNU, `/usr${GNU}`, '/lib', '/usr/lib'];
const muslDirectories = ['/lib', '/usr/local/lib', '/usr/lib'];
const glibcFiles = {
  '/lib64/ld-linux-x86-64.so.2': [`${GNU}/ld-linux-x86-64.so.2`, `/usr${GNU}/ld-linux-x86-64.so.2`],
  [`${GNU}/libc.so.6`]: [`${GNU}/libc.so.6`, `/usr${GNU}/libc.so.6`],
  [`${GNU}/libm.so.6`]: [`${GNU}/libm.so.6`, `/usr${GNU}/libm.so.6`],
};
const muslFiles = {
  '/lib/ld-musl-x86_64.so.1': ['/lib/x86_64-linux-musl/libc.so', '/usr/lib/x86_64-linux-musl/libc.so'],
};

/** The loaders that the model is compared with. */
export const LOADERS: readonly Loader[] = [
  { ...glibc, id: 'glibc 2.36', release: 'bookworm', directories: glibcDirectories, files: glibcFiles },
  { ...glibc, id: 'glibc 2.41', release: 'trixie', directories: glibcDirectories, files: glibcFiles },
  { ...musl, id: 'musl 1.2.3', release: 'bookworm', directories: muslDirectories, files: muslFiles },
  { ...musl, id: 'musl 1.2.5', release: 'trixie', directories: muslDirectories, files: muslFiles },
];

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

/** Makes the tree of a case; `base` are files to link into it, by their paths there. */
export function build(root: string, each: LoaderCase, base: ReadonlyMap<string, string>): void {
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
export interface Seen {
  readonly end: string;
  readonly errors: string;
}

const hex = (text: string) => Buffer.from(text).toString('hex');

/** Runs every case's program in its tree, by the helper that was built of load-in-chroot.c. */
export function runAll(
  helper: string,
  roots: readonly string[],
  cases: readonly LoaderCase[],
  emulator: string | null = null,
): Seen[] {
  const emulated = emulator === null ? '-' : hex(emulator);
  const input = cases
    .map(({ uid, name }, i) => `${uid} ${uid} ${hex(roots[i] ?? '')} ${hex(name)} ${emulated}\n`)
    .join('');
  const lines = execFileSync(helper, { input, encoding: 'utf8', maxBuffer: 1 << 26 })
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const [kind = '', status = '', errors = ''] = line.split(' ');
    return { end: `${kind} ${status}`, errors: Buffer.from(errors, 'hex').toString() };
  });
}

/** The loader's own files, copied below `folder`, to be linked into the trees there. */
export async function filesOf(loader: Loader, folder: string): Promise<Map<string, string>> {
  const unpacked = await debianPackage(loader.package, loader.release, loader.machine === 183 ? 'arm64' : 'amd64');
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

/** Builds the helper that runs programs in trees. */
export function buildHelper(folder: string): string {
  const helper = join(folder, 'helper');
  execFileSync('gcc', ['-O1', '-o', helper, join(import.meta.dirname, 'load-in-chroot.c')]);
  return helper;
}

/** A host whose every fact is the usual one, without 32-bit programs. */
export const HOST: KernelHost = {
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
