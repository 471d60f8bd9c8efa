import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkImage } from '../../src/app/check-image.ts';
import { checkExitStatus } from '../../src/playbook/image-check.ts';
import { makeElf } from '../kernel/make-elf.ts';
import { never, sourceFor } from '../registry/open-source.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { check, type EntrySpec, file, program, pushIndex, pushManifest } from './check-stage.ts';

let registry: TestRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

const amd64: EntrySpec = { config: 'linux/amd64', layers: [[file('app/render', program('amd64'))]] };
const arm64: EntrySpec = { config: 'linux/arm64', layers: [[file('app/render', program('arm64'))]] };
const codes = (found: Awaited<ReturnType<typeof check>>) => found.warnings.map(({ code }) => code);

describe('an index', () => {
  it('passes when each platform would run, and attestations are no platform', async () => {
    const index = await pushIndex(registry, 'v1', [amd64, arm64]);
    const found = await check(registry, 'v1');
    expect(found).toMatchObject({ kind: 'index', digest: index.digest, pass: true, warnings: [], error: null });
    expect(found.platforms.map(({ platform, pass, fault }) => [platform, pass, fault])).toEqual([
      ['linux/amd64', true, 'none'],
      ['linux/arm64', true, 'none'],
    ]);
    expect(checkExitStatus(found)).toBe(0);
  });

  it('fails when a wanted platform is missing, and names those that are there', async () => {
    await pushIndex(registry, 'v1', [amd64, arm64]);
    const found = await check(registry, 'v1', 'linux/amd64', 'linux/s390x');
    expect(found).toMatchObject({ pass: false, platforms: [{ pass: true }, { present: false, digest: null }] });
    expect(found.platforms[1]).toMatchObject({ pass: false, fault: 'platform-missing-from-index', culprit: null });
    expect(found.platforms[1]?.because).toContain('linux/amd64, linux/arm64');
    expect(checkExitStatus(found)).toBe(1);
  });

  it('does not take a 32-bit entry for the 64-bit platform that could run it', async () => {
    await pushIndex(registry, 'v1', [{ ...amd64, config: 'linux/386' }]);
    expect((await check(registry, 'v1', 'linux/amd64')).platforms[0]).toMatchObject({
      present: false,
      fault: 'platform-missing-from-index',
    });
  });

  it('fails when the file is for another architecture under right metadata', async () => {
    await pushIndex(registry, 'v1', [amd64, { ...arm64, layers: amd64.layers }]);
    const found = await check(registry, 'v1');
    expect(found.platforms[1]).toMatchObject({
      platform: 'linux/arm64',
      present: true,
      pass: false,
      fault: 'wrong-arch-binary',
      culprit: '/app/render',
      errno: 'ENOEXEC',
    });
  });

  it('names the layer that was built once and put into both', async () => {
    await pushIndex(registry, 'v1', [amd64, { ...arm64, layers: amd64.layers }]);
    const [good, bad] = (await check(registry, 'v1')).platforms;
    expect(good?.sharedLayer).toBeNull();
    expect(bad?.sharedLayer).toMatchObject({ with: ['linux/amd64'], digest: expect.stringMatching(/^sha256:/) });
    expect(bad?.because).toContain('the very same in linux/amd64');
  });

  it('sees through an index that lists one image for two platforms', async () => {
    await pushIndex(registry, 'v1', [amd64, { ...amd64, stated: 'linux/arm64' }]);
    const [good, bad] = (await check(registry, 'v1')).platforms;
    expect(bad).toMatchObject({ digest: good?.digest, fault: 'wrong-platform-image' });
    expect(bad?.sharedLayer?.with).toEqual(['linux/amd64']);
  });

  it('does not blame a layer that another one covers', async () => {
    const data = [file('etc/motd', 'hello', 0o644), file('app/render', program('amd64'))];
    const wrong = [file('app/render', Buffer.concat([program('amd64'), Buffer.alloc(9)]))];
    await pushIndex(registry, 'v1', [
      { ...amd64, layers: [data] },
      { ...arm64, layers: [data, wrong] },
    ]);
    expect((await check(registry, 'v1')).platforms[1]).toMatchObject({ fault: 'wrong-arch-binary', sharedLayer: null });
  });

  it('lets platforms share data and scripts', async () => {
    const data = [file('etc/motd', 'hello', 0o644), file('usr/bin/tool', '#!/app/render\n')];
    await pushIndex(registry, 'v1', [
      { ...amd64, layers: [data, ...amd64.layers] },
      { ...arm64, layers: [data, ...arm64.layers] },
    ]);
    expect(await check(registry, 'v1')).toMatchObject({ pass: true, warnings: [] });
  });

  it('warns of a shared layer with a program that is not the entrypoint', async () => {
    const tools = [file('usr/bin/tool', program('amd64'))];
    await pushIndex(registry, 'v1', [
      { ...amd64, layers: [tools, ...amd64.layers] },
      { ...arm64, layers: [tools, ...arm64.layers] },
    ]);
    const found = await check(registry, 'v1');
    expect(found).toMatchObject({ pass: true, warnings: [{ code: 'shared-programs' }] });
    await pushIndex(registry, 'v2', [
      { config: 'windows/amd64', layers: [tools] },
      { ...amd64, layers: [tools, ...amd64.layers] },
      { ...arm64, layers: [tools, ...arm64.layers] },
    ]);
    expect(codes(await check(registry, 'v2'))).toEqual(['not-judged', 'shared-programs']);
    expect(found.warnings[0]?.message).toMatch(/\/usr\/bin\/tool \(amd64\): no use on linux\/arm64/);
  });

  it.each([
    ['386', 'amd64', { machine: 3, bits: 32 }],
    ['s390', 's390x', { machine: 22, bits: 32, little: false }],
    ['mipsle', 'mips64le', { machine: 8, bits: 32 }],
  ] as const)('does not call a program for %s useless on %s, whose kernels run it', async (_program, host, elf) => {
    const tools = [file('usr/bin/tool', Buffer.from(makeElf(elf)))];
    await pushIndex(registry, 'v1', [
      { ...arm64, layers: [tools, ...arm64.layers] },
      { config: `linux/${host}`, layers: [tools] },
    ]);
    const warning = (await check(registry, 'v1')).warnings.find(({ code }) => code === 'shared-programs');
    expect(warning?.message).toMatch(/no use on linux\/arm64\.$/);
  });

  it('fails when only the metadata are wrong', async () => {
    await pushIndex(registry, 'v1', [{ ...amd64, config: 'linux/arm64', stated: 'linux/amd64' }]);
    const [found] = (await check(registry, 'v1')).platforms;
    expect(found).toMatchObject({ pass: false, judged: true, fault: 'wrong-metadata' });
    expect(found?.because).toMatch(/lists it for linux\/amd64.*says linux\/arm64.*files fit linux\/amd64/);
  });

  it('calls an image that is wholly for another platform so', async () => {
    await pushIndex(registry, 'v1', [{ ...arm64, stated: 'linux/amd64' }]);
    expect((await check(registry, 'v1')).platforms[0]).toMatchObject({
      platform: 'linux/amd64',
      fault: 'wrong-platform-image',
      culprit: '/app/render',
    });
  });

  it('takes an entry that states no platform by its configuration', async () => {
    await pushIndex(registry, 'v1', [{ ...amd64, stated: null }]);
    expect(await check(registry, 'v1', 'linux/amd64')).toMatchObject({ pass: true, platforms: [{ present: true }] });
  });

  it('tells of Windows that it is there, and judges the rest', async () => {
    const windows: EntrySpec = {
      config: 'windows/amd64',
      layers: [[file('app.exe', 'MZ')]],
      run: { Cmd: ['app.exe'] },
    };
    await pushIndex(registry, 'v1', [amd64, windows]);
    const found = await check(registry, 'v1');
    expect(found.pass).toBe(true);
    expect(found.platforms[1]).toMatchObject({ present: true, judged: false, pass: null, fault: null });
    expect(codes(found)).toEqual(['not-judged']);
  });

  it('does not pass when there was nothing to judge', async () => {
    const windows: EntrySpec = {
      config: 'windows/amd64',
      layers: [[file('app.exe', 'MZ')]],
      run: { Cmd: ['app.exe'] },
    };
    await pushIndex(registry, 'v1', [windows]);
    expect(checkExitStatus(await check(registry, 'v1'))).toBe(3);
  });

  it('fails where index and configuration name different systems', async () => {
    await pushIndex(registry, 'v1', [{ ...amd64, config: 'windows/amd64', stated: 'linux/amd64' }]);
    expect((await check(registry, 'v1')).platforms[0]).toMatchObject({ pass: false, fault: 'os-mismatch' });
  });

  it('warns of a platform that is listed twice', async () => {
    await pushIndex(registry, 'v1', [amd64, { ...amd64, run: { Cmd: ['/app/render'] } }]);
    expect(codes(await check(registry, 'v1'))).toEqual(['duplicate-platform']);
  });
});

describe('a single manifest', () => {
  it('passes for its own platform, with a warning of the tag', async () => {
    const manifest = await pushManifest(registry, 'v1', amd64);
    const found = await check(registry, 'v1');
    expect(found).toMatchObject({ kind: 'manifest', digest: manifest.digest, pass: true });
    expect(codes(found)).toEqual(['single-platform-tag']);
  });

  it('fails as the playbook says when it is for another platform than the wanted one', async () => {
    const manifest = await pushManifest(registry, 'v3', arm64);
    expect((await check(registry, 'v3', 'linux/amd64')).platforms[0]).toMatchObject({
      present: false,
      digest: manifest.digest,
      pass: false,
      fault: 'wrong-platform-image',
      culprit: '/app/render',
      errno: 'ENOEXEC',
    });
  });

  it('shares nothing with itself', async () => {
    await pushManifest(registry, 'v1', amd64);
    const found = await check(registry, 'v1', 'linux/amd64', 'linux/arm64');
    expect(found.platforms).toMatchObject([{ pass: true }, { pass: false, sharedLayer: null }]);
    expect(codes(found)).toEqual(['single-platform-tag']);
  });

  it('tells wrong metadata from wrong files', async () => {
    await pushManifest(registry, 'v1', { ...amd64, config: 'linux/arm64' });
    expect((await check(registry, 'v1', 'linux/amd64')).platforms[0]).toMatchObject({ fault: 'wrong-metadata' });
    expect((await check(registry, 'v1', 'linux/arm64')).platforms[0]).toMatchObject({ fault: 'wrong-arch-binary' });
  });

  it('does not take 32-bit files for the platform that happens to run them', async () => {
    await pushManifest(registry, 'v1', { config: 'linux/386', layers: [[file('app/render', program('386'))]] });
    expect((await check(registry, 'v1', 'linux/amd64')).platforms[0]).toMatchObject({ fault: 'wrong-platform-image' });
    await pushManifest(registry, 'v2', { config: 'linux/amd64', layers: [[file('app/render', program('386'))]] });
    const compatible = await check(registry, 'v2');
    expect(compatible.pass).toBe(true);
    expect(codes(compatible)).toContain('compat-binary');
  });

  it('is judged on the wanted platform when it states none', async () => {
    await pushManifest(registry, 'v1', { ...amd64, config: 'unknown/unknown' });
    const asked = await check(registry, 'v1', 'linux/amd64');
    expect(asked).toMatchObject({ pass: true, platforms: [{ present: true, judged: true }] });
    expect(codes(asked)).toContain('unknown-platform');
    const unasked = await check(registry, 'v1');
    expect(unasked).toMatchObject({ pass: null, platforms: [{ judged: false, pass: null }] });
  });
});

describe('what is executed', () => {
  const run = async (run: object, ...files: ReturnType<typeof file>[]) => {
    const sh = file('bin/sh', program('amd64'));
    await pushIndex(registry, 'v1', [{ config: 'linux/amd64', run, layers: [[sh, ...files]] }]);
    const found = await check(registry, 'v1');
    return { found, first: found.platforms[0]! };
  };

  it.each([
    ['script-crlf', '#!/bin/sh\r\ntrue\r\n'],
    ['script-no-shebang', 'echo hello\n'],
    ['empty-file', ''],
    ['interpreter-missing', '#!/bin/bash\n'],
  ])('fails with %s', async (fault, content) => {
    const { first } = await run({ Entrypoint: ['/start'] }, file('start', content));
    expect(first).toMatchObject({ pass: false, fault, judged: true, entrypoint: '/start' });
  });

  it('is found by the usual PATH where the image names none', async () => {
    const { first } = await run({ Cmd: ['render'] }, file('usr/bin/render', program('amd64')));
    expect(first).toMatchObject({ pass: true, entrypoint: 'render' });
  });

  it('may be nothing: that is a warning', async () => {
    const { found, first } = await run({});
    expect(first).toMatchObject({ pass: true, judged: false, entrypoint: null });
    expect(codes(found)).toEqual(['no-entrypoint']);
  });

  it('is by a user that has to be there', async () => {
    const { first } = await run({ Cmd: ['/bin/sh'], User: 'app' });
    expect(first).toMatchObject({ pass: false, fault: 'not-exec-format', because: expect.stringContaining('"app"') });
  });

  it('is only a shell in the shell form, and its first word is looked at too', async () => {
    const shell = (command: string) => ({ Entrypoint: ['/bin/sh', '-c', command] });
    const good = await run(shell('exec /app/render --port 80'), file('app/render', program('amd64')));
    expect(good.first.pass).toBe(true);
    expect(codes(good.found)).toEqual(['shell-form']);
    const foreign = file('app/render', program('arm64'));
    const bad = await run(shell('exec /app/render --port 80'), foreign);
    expect(bad.first).toMatchObject({ pass: false, fault: 'wrong-arch-binary', culprit: '/app/render' });
    const joined = await run(shell('/app/render || true'), foreign);
    expect(joined.first.pass).toBe(true);
    expect(joined.found.warnings[0]?.message).toContain('would not start');
    const unseen = await run(shell('cd /app && ./render'), foreign);
    expect(unseen.first.pass).toBe(true);
    expect(unseen.found.warnings[0]?.message).toContain('not looked at');
  });

  it('may be a text that a shell reads, though the kernel would not', async () => {
    const { first } = await run({ Cmd: ['/bin/sh', '-c', '/start'] }, file('start', 'echo hello\n'));
    expect(first.pass).toBe(true);
  });
});

describe('what cannot be read', () => {
  it('is told, and is no pass', async () => {
    const found = await check(registry, 'nothing');
    expect(found).toMatchObject({ pass: null, digest: null, kind: null, platforms: [], error: { code: 'not-found' } });
    expect(checkExitStatus(found)).toBe(3);
  });

  it('is told of one platform; another that fails decides', async () => {
    await pushIndex(registry, 'v1', [amd64, arm64]);
    const blobs: string[] = [];
    registry.intercept = (_request, response, path) => {
      if (!path.includes('/blobs/')) return false;
      if (!blobs.includes(path)) blobs.push(path);
      if (blobs.indexOf(path) !== 1) return false;
      response.statusCode = 500;
      response.end();
      return true;
    };
    const found = await check(registry, 'v1');
    expect(found.pass).toBeNull();
    expect(found.platforms.filter(({ error }) => error !== null)).toHaveLength(1);
    expect(found.platforms.find(({ error }) => error !== null)).toMatchObject({
      present: true,
      pass: null,
      fault: null,
    });
  });

  it('does not keep a platform that is not there from being told', async () => {
    const manifest = await pushManifest(registry, 'v1', arm64);
    const config = JSON.parse(manifest.bytes.toString()).config.digest;
    registry.intercept = (_request, response, path) => {
      if (!path.includes('/blobs/') || path.includes(config)) return false;
      response.statusCode = 500;
      response.end();
      return true;
    };
    const found = await check(registry, 'v1', 'linux/amd64');
    expect(found.platforms).toMatchObject([
      { present: false, pass: false, fault: 'wrong-platform-image', judged: false },
    ]);
  });

  it('is an index of absurd length', async () => {
    await pushIndex(
      registry,
      'v1',
      Array.from({ length: 101 }, (_, at) => ({ ...amd64, stated: `linux/a${at}` })),
    );
    expect(await check(registry, 'v1')).toMatchObject({ pass: null, error: { code: 'too-large' } });
  });
});

it('says what it is doing', async () => {
  await pushIndex(registry, 'v1', [amd64]);
  const told: string[] = [];
  const image = `${registry.host}/team/render:v1`;
  const deps = { images: sourceFor(registry.host), progress: (doing: string) => told.push(doing) };
  await checkImage(deps, { image, reference: image, platforms: null, moves: true }, never);
  expect(told.join('\n')).toMatch(/resolving.*\n.*linux\/amd64/);
});
