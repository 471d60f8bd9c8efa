import { describe, expect, it } from 'vitest';
import { isAllowed, judgeLicences } from './judge-licences.ts';
import { readInstalled, readLock, readManifest } from './read-packages.ts';

const manifest = readManifest();
const lock = readLock();
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('the packages that are used', () => {
  it('are pinned exactly', () => {
    const { dependencies, optionalDependencies, devDependencies } = manifest;
    const wanted = Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies });
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
    expect(wanted.length).toBeGreaterThan(20);
  });

  it('are locked by their content, not by an address', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  });

  it('run no script when they are installed', () => {
    const scripted = packages
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(scripted.filter((name) => manifest.allowScripts[name] !== false)).toEqual([]);
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
  });

  it('have licences that are allowed, as far as they are shipped', () => {
    const licences = judgeLicences(lock, readInstalled);
    expect(licences.length).toBeGreaterThan(100);
    expect(licences.filter(({ allowed }) => !allowed)).toEqual([]);
  });
});

describe('a licence', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
    ['UNLICENSED', false],
    ['', false],
  ])('%s: %s', (expression, allowed) => expect(isAllowed(expression)).toBe(allowed));

  it('that only the package itself tells, or nobody, is seen', () => {
    const locked = {
      packages: { '': {}, 'node_modules/old': {}, 'node_modules/mute': {}, 'node_modules/dev': { dev: true } },
    };
    const ask = (path: string) => (path.endsWith('old') ? { licenses: [{ type: 'MIT' }] } : null);
    expect(judgeLicences(locked, ask).map(({ licence, allowed }) => [licence, allowed])).toEqual([
      ['MIT', true],
      [null, false],
    ]);
  });
});
