import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

/** Writes the package of every module that is loaded, and `own` for the project's, to stderr at the end. */
const HOOK = `import { registerHooks } from 'node:module';
const seen = new Set();
registerHooks({ load(url, context, next) {
  seen.add(/.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1] ?? (url.startsWith('node:') ? 'node' : 'own'));
  return next(url, context);
} });
process.on('exit', () => process.stderr.write('LOADED ' + JSON.stringify([...seen].sort())));`;

function packagesLoaded(...args: string[]): Promise<readonly string[]> {
  return packagesLoadedBy([MAIN, ...args]);
}

function packagesLoadedBy(args: readonly string[]): Promise<readonly string[]> {
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`;
  const { PATH, HOME } = process.env;
  const options = { cwd: tmpdir(), env: { PATH, HOME }, timeout: 60_000 };
  return new Promise((done, fail) => {
    execFile(process.execPath, ['--import', hook, ...args], options, (_error, _stdout, stderr) => {
      const loaded = /LOADED (.*)$/.exec(stderr)?.[1];
      if (loaded === undefined) fail(new Error(stderr));
      else done(JSON.parse(loaded));
    });
  });
}

it.each([
  [['--version'], ['commander', 'node', 'own']],
  [
    ['check', 'registry.invalid/x:1'],
    ['commander', 'node', 'own', 'undici'],
  ],
  [
    ['check', 'docker-archive:/no/such'],
    ['commander', 'node', 'own'],
  ],
])('%j loads no library but its own', async (args, expected) => {
  expect(await packagesLoaded(...args)).toEqual(expected);
});

it('leaves the libraries of PostgreSQL alone where the store is none', async () => {
  const loaded = await packagesLoadedBy([resolve(import.meta.dirname, '../../src/cli/serve.ts')]);
  expect(loaded.filter((name) => /^(?:pg|kysely|@dbos-inc)/.test(name))).toEqual([]);
});

it.each([
  ['Slack is served', /^@slack/],
  ['Teams is served', /^bot(?:builder|framework)|^@microsoft/],
  ['a cluster is asked', /^@kubernetes/],
])('leaves what is only needed where %s alone', async (_, packages) => {
  const loaded = await packagesLoadedBy([resolve(import.meta.dirname, '../../src/cli/serve.ts')]);
  expect(loaded).toContain('hono');
  expect(loaded.filter((name) => packages.test(name))).toEqual([]);
});
