import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const REPORTER = join(root, 'test/setup/summary-reporter.ts');
const REQUIREMENTS = join(root, 'test/lab/requirements.ts');

const CONFIG = `import { SummaryReporter } from '${REPORTER}';
export default { test: { globals: true, include: ['*.test.ts'], reporters: [new SummaryReporter()] } };`;
const PASSES = `it('passes', () => {});`;
const FAILS = `it('fails', () => { throw new Error('on purpose'); });`;
const BREAKS = `throw new Error('outside of tests');`;
const NEEDS = `import { suite } from '${REQUIREMENTS}';
suite('copying images', ['skopeo'], () => it('copies', () => {}));`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'execfmt-reporter-'));
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs vitest over test files on a machine that seems to have no programs at all. Gives its last lines and exit status. */
async function runVitest(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(folder, 'vitest.config.mts'), CONFIG);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.ts`), content);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--root', folder], {
    env: { PATH: join(folder, 'bin'), HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 30_000,
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const output = await text(child.stdout);
  return { lines: output.trimEnd().split('\n'), status: await ended };
}

it('says that nothing was skipped, and counts', async () => {
  const { lines, status } = await runVitest({ passes: PASSES });
  expect(lines).toEqual(['Skipped suites: none', '1 passed, 0 failed']);
  expect(status).toBe(0);
}, 40_000);

it('names and counts a test that failed and a file that broke', async () => {
  const { lines, status } = await runVitest({ passes: PASSES, fails: FAILS, breaks: BREAKS });
  const failed = lines.slice(lines.indexOf('Failed:') + 1, -1);
  expect(failed.sort()).toEqual(['  breaks.test.ts: outside of tests', '  fails.test.ts › fails: on purpose']);
  expect(lines.at(-1)).toBe('1 passed, 2 failed');
  expect(status).toBe(1);
}, 40_000);

it('names a suite that lacks something, why, and how to get it', async () => {
  const { lines, status } = await runVitest({ passes: PASSES, needs: NEEDS });
  expect(lines).toEqual([
    'Skipped suites:',
    '  needs.test.ts › copying images: needs skopeo: sudo npm run lab:install',
    '1 passed, 0 failed',
  ]);
  expect(status).toBe(0);
}, 40_000);

it('fails that suite with CI=true', async () => {
  const { lines, status } = await runVitest({ passes: PASSES, needs: NEEDS }, { CI: 'true' });
  expect(lines).toContain('Skipped suites: none');
  expect(lines.at(-2)).toMatch(/^ {2}needs\.test\.ts › copying images.*skopeo/);
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
  expect(status).toBe(1);
}, 40_000);
