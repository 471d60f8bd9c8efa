import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { execve } from '../../src/kernel/execve.ts';
import { runOver } from '../../src/kernel/file-tree.ts';
import type { KernelHost } from '../../src/kernel/host.ts';
import { ERRNO, type Outcome } from '../../src/kernel/outcome.ts';
import { suite } from '../lab/requirements.ts';
import { type Case, differentialCases } from './differential-cases.ts';
import { memoryTree } from './memory-tree.ts';

const HOST: KernelHost = {
  os: 'linux',
  arch: 'amd64',
  variant: null,
  pageSize: 4096,
  compat32: null,
  kernel: release().split('.').slice(0, 2).join('.'),
  binfmt: null,
  mmapMinAddr: 4096,
  vaBits: null,
};

suite('the model against the running kernel', ['root', 'gcc'], () => {
  let folder: string;
  let answers: readonly string[];
  const cases = differentialCases();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-kernel-'));
    chmodSync(folder, 0o755);
    const helper = join(folder, 'helper');
    execFileSync('gcc', ['-O1', '-o', helper, join(import.meta.dirname, 'execve-helper.c')]);
    const lines = cases.map((each, index) => {
      const root = join(folder, `c${index}`);
      build(root, each);
      return [root, each.cwd ?? '/', each.uid ?? 0, each.gid ?? 0, each.file].join('\t');
    });
    const run = spawnSync(helper, {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1 << 24,
    });
    answers = run.stdout.trim().split('\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has an answer for every case', () => {
    expect(answers).toHaveLength(cases.length);
    expect(cases.length).toBeGreaterThan(300);
  });

  it('agrees on every case', () => {
    const disagreements = cases.flatMap((each, index) => {
      const outcome = predict(each);
      const measured = answers[index] ?? 'none';
      return agrees(outcome, measured)
        ? []
        : [`${each.name}: the kernel says ${measured}, the model ${outcome.outcome} (${outcome.because})`];
    });
    expect(disagreements).toEqual([]);
  });
});

function predict({ files, file, cwd, uid, gid }: Case): Outcome {
  return runOver(
    memoryTree(files),
    execve({ argv: [file], path: null, cwd: cwd ?? '/', uid: uid ?? 0, gid: gid ?? 0 }, HOST),
  );
}

/** `exit` of a program of ours means that it ran; `signal` is compared by its number. */
function agrees({ outcome, errno, exit }: Outcome, measured: string): boolean {
  const [kind, number] = measured.split(' ');
  if (kind === 'errno') return errno === Number(number);
  if (kind === 'signal') return outcome === 'signal' && exit === 128 + Number(number);
  return kind === 'exit' && outcome === 'runs';
}

function build(root: string, { files }: Case): void {
  mkdirSync(root, { mode: 0o755 });
  const late: (() => void)[] = [];
  for (const [path, node] of Object.entries(files)) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true, mode: 0o755 });
    if ('link' in node) {
      symlinkSync(node.link, full);
      lchownSync(full, 0, 0);
    } else if ('directory' in node) {
      mkdirSync(full, { recursive: true });
      late.push(() => chmodSync(full, node.mode ?? 0o755));
    } else {
      writeFileSync(full, node.content);
      chownSync(full, node.uid ?? 0, node.gid ?? 0);
      chmodSync(full, node.mode ?? 0o755);
    }
  }
  for (const work of late) work();
}

it('knows the numbers of the errno names', () => {
  expect(ERRNO).toMatchObject({ ENOENT: 2, ENOEXEC: 8, EACCES: 13, ELOOP: 40, ELIBBAD: 80 });
});
