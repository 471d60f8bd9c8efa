import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERSIONED_FILES } from '../deploy/versions.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SCRIPT = join(import.meta.dirname, 'release.ts');
const CHANGES = '# Changelog\n\n## Unreleased\n\n- One thing.\n\n## 0.1.0 (2026-01-01)\n\n- The first.\n';

describe('npm run release, in a scratch clone', () => {
  let scratch = '';
  let clone = '';
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: clone, encoding: 'utf8' }).trim();
  const release = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { cwd: clone, encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };
  const file = (name: string) => readFileSync(join(clone, name), 'utf8');
  const commit = () => {
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Change');
  };

  /** The real package and lock, with a check that only notes that it ran. */
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'execfmt-release-'));
    const origin = join(scratch, 'origin');
    clone = origin;
    mkdirSync(join(origin, '.ci'), { recursive: true });
    for (const name of ['package.json', 'package-lock.json', ...VERSIONED_FILES]) {
      mkdirSync(dirname(join(origin, name)), { recursive: true });
      copyFileSync(join(ROOT, name), join(origin, name));
    }
    writeFileSync(join(origin, 'CHANGELOG.md'), CHANGES);
    writeFileSync(join(origin, '.ci/run'), 'echo the check runs; exit $(cat .ci/status)\n');
    writeFileSync(join(origin, '.ci/status'), '0\n');
    git('init', '--quiet');
    const own = () => {
      git('config', 'user.name', 'Releaser');
      git('config', 'user.email', 'releaser@example.org');
    };
    own();
    commit();
    clone = join(scratch, 'clone');
    execFileSync('git', ['clone', '--quiet', origin, clone]);
    own();
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('checks, writes, commits and tags, and pushes nothing', () => {
    const before = git('rev-parse', 'HEAD');
    const { status, said } = release('9.2.0');
    expect([status, said]).toEqual([0, expect.stringContaining('the check runs')]);
    expect(git('log', '-1', '--format=%s %P')).toBe(`Release 9.2.0 ${before}`);
    expect(git('rev-parse', 'v9.2.0^{commit}')).toBe(git('rev-parse', 'HEAD'));
    expect(git('tag', '--list', '--format=%(contents)', 'v9.2.0')).toContain('- One thing.');
    expect(git('status', '--porcelain')).toBe('');
    const lock = JSON.parse(file('package-lock.json'));
    expect([JSON.parse(file('package.json')).version, lock.version, lock.packages[''].version]).toEqual(
      Array(3).fill('9.2.0'),
    );
    const page =
      /^# Changelog\n\n## Unreleased\n\n## 9\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- One thing\.\n\n## 0\.1\.0 \(2026-01-01\)\n\n- The first\.\n$/;
    expect(file('CHANGELOG.md')).toMatch(page);
    for (const name of VERSIONED_FILES) expect(file(name), name).toContain('9.2.0');
    expect(git('ls-remote', '--tags', 'origin')).toBe('');
    expect(git('ls-remote', 'origin', 'HEAD')).toContain(before);
  });

  it('changes only the versions in package.json and its lock', () => {
    release('9.2.0');
    const changed = git('show', '--format=', '--unified=0', 'HEAD', '--', 'package.json', 'package-lock.json');
    expect(
      changed
        .split('\n')
        .filter((line) => /^\+[^+]/.test(line))
        .map((line) => line.trim()),
    ).toEqual(Array(3).fill(expect.stringMatching(/^\+\s*"version": "9\.2\.0",$/)));
  });

  it('only tells with --dry-run', () => {
    const { status, said } = release('9.2.0', '--dry-run');
    expect(status).toBe(0);
    for (const part of ['→ 9.2.0', '- One thing.', 'Would run .ci/run']) expect(said).toContain(part);
    expect([git('status', '--porcelain'), git('tag'), git('log', '-1', '--format=%s')]).toEqual(['', '', 'Change']);
  });

  it.each([
    ['a tree with changes', 'not committed', () => writeFileSync(join(clone, 'new.txt'), 'x')],
    ['a tag that is there', 'a tag v9.2.0 already', () => git('tag', 'v9.2.0')],
    [
      'nothing to tell',
      'nothing under',
      () => {
        writeFileSync(join(clone, 'CHANGELOG.md'), CHANGES.replace('- One thing.\n', ''));
        commit();
      },
    ],
    [
      'a check that fails',
      'the check failed; nothing was changed',
      () => {
        writeFileSync(join(clone, '.ci/status'), '3\n');
        commit();
      },
    ],
  ])('refuses %s', (_, why, spoil) => {
    spoil();
    const head = git('rev-parse', 'HEAD');
    const { status, said } = release('9.2.0');
    expect([status, said]).toEqual([1, expect.stringContaining(why)]);
    expect(git('rev-parse', 'HEAD')).toBe(head);
    expect(file('package.json')).not.toContain('9.2.0');
  });

  it.each([
    [['0.0.9'], 'not later'],
    [['v9.2'], 'no version'],
    [[], 'say one version'],
    [['9.2.0', '9.3.0'], 'say one version'],
  ])('refuses %j', (args, why) => expect(release(...args)).toEqual({ status: 1, said: expect.stringContaining(why) }));
});
