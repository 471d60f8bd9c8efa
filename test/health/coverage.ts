import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { coverageTable, type FileCoverage } from './coverage-table.ts';
import { writeSection } from './section.ts';

// `npm run coverage`: what of `src` the tests run; `npm run coverage -- test/app test/view` takes only those.

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'coverage');
const tests = process.argv.slice(2);

const { status } = spawnSync(
  'vitest',
  [
    'run',
    ...tests,
    '--coverage.enabled',
    '--coverage.provider=v8',
    '--coverage.include=src/**/*.ts',
    '--coverage.exclude=**/*.d.ts',
    '--coverage.reporter=json-summary',
    '--coverage.reporter=html',
    '--coverage.reportOnFailure',
    `--coverage.reportsDirectory=${FOLDER}`,
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
const summary = JSON.parse(readFileSync(join(FOLDER, 'coverage-summary.json'), 'utf8')) as Record<string, FileCoverage>;
const which = tests.length > 0 ? `Only the tests of ${tests.map((test) => `\`${test}\``).join(', ')}` : 'All tests';
const ended = status === 0 ? '' : ' Some tests failed, so the numbers are too small.';
const date = new Date().toISOString().slice(0, 10);
writeSection('coverage', `${which}, ${date}.${ended}\n\n${coverageTable(summary, ROOT)}`);
process.exitCode = status ?? 1;
