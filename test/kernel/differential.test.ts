import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { directoryTree } from '../../adapters/files/directory-tree.ts';
import { execve } from '../../src/kernel/execve.ts';
import { runOver } from '../../src/kernel/file-tree.ts';
import type { KernelHost } from '../../src/kernel/host.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { suite } from '../lab/requirements.ts';
import { allCases, type Case, type Node } from './differential-cases.ts';

/** Where a node was first written: the same node elsewhere is a hard link, which spares most of the writing. */
const written = new Map<Node, string>();

function place(root: string, path: string, node: Node): void {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
  const same = written.get(node);
  if (same !== undefined) {
    linkSync(same, at);
  } else if ('link' in node) {
    symlinkSync(node.link, at);
  } else if ('fifo' in node) {
    execFileSync('mkfifo', ['-m', '755', at]);
  } else if ('directory' in node) {
    mkdirSync(at, { recursive: true });
    chmodSync(at, node.mode ?? 0o755);
  } else {
    writeFileSync(at, node.file);
    chownSync(at, node.uid ?? 0, node.gid ?? 0);
    chmodSync(at, node.mode ?? 0o755);
    written.set(node, at);
  }
}

function build(root: string, each: Case): void {
  mkdirSync(root, { mode: 0o755 });
  for (const [path, node] of Object.entries(each.nodes)) place(root, path, node);
}

const hex = (text: string) => Buffer.from(text).toString('hex');

/** What the kernel answered, in the helper's words. */
function runAll(helper: string, roots: readonly string[], cases: readonly Case[]): readonly string[] {
  const input = cases
    .map(({ uid, gid, cwd, name }, i) => `${uid} ${gid} ${hex(roots[i] ?? '')} ${hex(cwd)} ${hex(name)}\n`)
    .join('');
  return execFileSync(helper, { input, encoding: 'utf8', maxBuffer: 1 << 24 })
    .trim()
    .split('\n');
}

/**
 * The model's answer in the helper's words; `any` for a program that gets control and then does as it likes. Of loose
 * cases not the signal's number: an entry point outside the file may hit what the kernel put there at random.
 */
function words(outcome: Outcome, loose: boolean): string {
  if (outcome.errno !== null) return `errno ${outcome.errno}`;
  if (outcome.outcome === 'signal') return loose ? 'signal' : `signal ${(outcome.exit ?? 0) - 128}`;
  if (outcome.outcome === 'env') return outcome.exit === null ? 'any' : `exit ${outcome.exit}`;
  if (outcome.outcome === 'hang') return `signal ${constants.signals.SIGALRM}`;
  return outcome.outcome === 'runs' && !loose && outcome.fault === 'none' ? 'exit 0' : 'any';
}

function agrees(model: string, kernel: string): boolean {
  if (model === 'any') return !kernel.startsWith('errno');
  return model === 'signal' ? kernel.startsWith('signal') : model === kernel;
}

suite('the kernel model against the running kernel', ['root', 'gcc', 'x86-64'], () => {
  const cases = allCases();
  let folder = '';
  let kernel: readonly string[] = [];
  let compat32 = false;

  const hostFacts = (): KernelHost => ({
    os: 'linux',
    arch: 'amd64',
    variant: null,
    pageSize: 4096,
    compat32,
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').split('.').slice(0, 2).join('.'),
    binfmt: null,
    mmapMinAddr: Number(readFileSync('/proc/sys/vm/mmap_min_addr', 'utf8')),
    vaBits: 47,
  });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'execve-'));
    const helper = join(folder, 'helper');
    execFileSync('gcc', ['-O1', '-o', helper, join(import.meta.dirname, 'exec-in-chroot.c')]);
    const roots = cases.map((each, i) => {
      const root = join(folder, `r${i}`);
      build(root, each);
      return root;
    });
    kernel = runAll(helper, roots, cases);
    compat32 = kernel[cases.findIndex((each) => each.id === 'elf 32-bit')] === 'exit 0';
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has several hundred cases, each with an answer', () => {
    expect(cases.length).toBeGreaterThan(900);
    expect(kernel.length).toBe(cases.length);
    expect(new Set(cases.map((each) => each.id)).size).toBe(cases.length);
  });

  it('agrees with the kernel on every case', () => {
    const host = hostFacts();
    const differences = cases.flatMap((each, i) => {
      const argv = [each.name];
      const request = { argv, path: '/usr/bin:/bin', cwd: each.cwd, uid: each.uid, gid: each.gid };
      if (!each.name.includes('/')) request.argv = [`./${each.name}`];
      const outcome = runOver(directoryTree(join(folder, `r${i}`)), execve(request, host));
      const model = words(outcome, each.loose);
      const real = kernel[i] ?? '';
      return agrees(model, real) ? [] : [`${each.id}: model ${model} (${outcome.because}), kernel ${real}`];
    });
    expect(differences).toEqual([]);
  });
});
