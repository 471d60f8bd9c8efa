import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fencedBlocks } from './fenced-blocks.ts';
import { ROOT, readPage } from './pages.ts';

/** What became of a page's code. */
export interface Executed {
  /** What the compiler complains about, with all of the changed sources; empty when it does not. */
  readonly types: string;
  readonly passed: number;
  /** What the tests' reporter says of those that failed, and all it says when none ran. */
  readonly failures: readonly string[];
}

/** Takes tests of the sources out of the copy: the page's own are the ones to run. */
const isWanted = (source: string) => !source.endsWith('.test.ts') && !/\/(?:dist|recorded|cases)$/.test(source);
const COPIED = ['src', 'adapters', 'test/contracts', 'test/kernel', 'tsconfig.base.json', 'package.json'];

/**
 * Does what a page tells to do, in a copy of the sources: blocks of TypeScript are written to the file in their title, blocks of
 * `diff` are applied. Then everything is compiled, and the page's tests are run.
 */
export function executePage(page: string): Executed {
  const copy = mkdtempSync(join(tmpdir(), `execfmt-${basename(page, '.md')}-`));
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true, filter: isWanted });
    symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(copy, 'node_modules'));
    const written: string[] = [];
    for (const { language, title, text, line } of fencedBlocks(readPage(page))) {
      if (language === 'diff') applyDiff(copy, text, `${page}:${line}`);
      if (language !== 'ts') continue;
      if (!title.endsWith('.ts')) throw new Error(`${page}:${line}: the block does not say its file`);
      mkdirSync(dirname(join(copy, title)), { recursive: true });
      writeFileSync(join(copy, title), `${text}\n`);
      written.push(title);
    }
    return { types: compile(copy, written), ...runTests(copy) };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function applyDiff(copy: string, diff: string, at: string): void {
  const args = ['apply', '--unidiff-zero', '-'];
  const { status, stderr } = spawnSync('git', args, { cwd: copy, input: `${diff}\n`, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${at} does not apply any more: ${stderr}`);
}

function compile(copy: string, files: readonly string[]): string {
  const compilerOptions = {
    noEmit: true,
    composite: false,
    sourceMap: false,
    types: ['node'],
    rewriteRelativeImportExtensions: false,
  };
  const include = ['src/**/*.ts', 'adapters/**/*.ts'];
  writeFileSync(
    join(copy, 'tsconfig.json'),
    JSON.stringify({ extends: './tsconfig.base.json', compilerOptions, files, include }),
  );
  return spawnSync('tsc', ['-p', '.', '--pretty', 'false'], { cwd: copy, encoding: 'utf8' }).stdout;
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function runTests(copy: string): Omit<Executed, 'types'> {
  const file = join(copy, 'report.json');
  const args = ['run', '--root', '.', '--reporter=json', `--outputFile=${file}`];
  const { stdout, stderr } = spawnSync('vitest', args, { cwd: copy, encoding: 'utf8' });
  if (!existsSync(file)) return { passed: 0, failures: [stdout + stderr] };
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const failed = report.testResults.flatMap(({ message, assertionResults }) => [
    ...(message === '' ? [] : [message]),
    ...assertionResults
      .filter(({ status }) => status === 'failed')
      .map((one) => `${one.fullName}: ${one.failureMessages[0]}`),
  ]);
  return { passed: report.numPassedTests, failures: failed };
}
