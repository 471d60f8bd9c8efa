import { basename } from 'node:path';
import { directoryTree } from '../../adapters/files/directory-tree.ts';
import { execve } from '../../src/kernel/execve.ts';
import { runOver, type SyncFileTree } from '../../src/kernel/file-tree.ts';
import type { KernelHost } from '../../src/kernel/host.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { LoaderCase } from './loader-cases.ts';
import { HOST, type Seen } from './loader-trees.ts';

/** The share of the cases in which a program may fail of which the model says `runs`: files cut or changed where nothing is certain. */
export const UNCERTAIN_MAX = 0.06;

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

/** The model's answer in the helper's words. */
export function wordsOf(outcome: Outcome): string {
  if (outcome.outcome === 'signal') return `signal ${(outcome.exit ?? 0) - 128}`;
  return `exit ${outcome.outcome === 'runs' ? 0 : outcome.exit}`;
}

/** `uncertain`: the model says nothing against a program that fails. */
export type Agreement = 'agrees' | 'uncertain' | 'differs';

/** Whether the model and the loader agree: on the end, and on what is named first. */
export function compare(outcome: Outcome, seen: Seen): Agreement {
  if (wordsOf(outcome) !== seen.end) return outcome.outcome === 'runs' ? 'uncertain' : 'differs';
  const culprit = named(seen.errors);
  if (outcome.outcome !== 'loader' || culprit === null) return 'agrees';
  return basename(culprit) === basename(outcome.culprit ?? '') ? 'agrees' : 'differs';
}

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

/** What the model says of a case's program in its tree. */
export function predict(root: string, each: LoaderCase, host: KernelHost = HOST): Outcome {
  const request = { argv: [each.name], path: '/bin', cwd: '/', uid: each.uid, gid: each.uid };
  return runOver(capped(directoryTree(root)), execve(request, host));
}
