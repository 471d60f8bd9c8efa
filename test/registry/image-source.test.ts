import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../src/image/platform.ts';
import { type BuiltImage, imageOf, indexOf, layerOf, manifestOf, stored } from '../servers/registry/build-image.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectFailure, expectKnown, never, sourceFor } from './open-source.ts';

const AMD64: Platform = { os: 'linux', architecture: 'amd64', variant: null };
const S390X: Platform = { os: 'linux', architecture: 's390x', variant: null };

let registry: TestRegistry;
let amd64: BuiltImage;
let arm64: BuiltImage;

beforeEach(async () => {
  registry = await startRegistry();
  const layer = await layerOf([{ name: 'app/render', content: 'binary', mode: 0o755 }]);
  const run = { Entrypoint: ['/app/render'], Env: ['TOKEN=hunter2', 'PATH=/bin'] };
  amd64 = imageOf('linux/amd64', [layer], run);
  arm64 = imageOf('linux/arm64', [layer], run);
  registry.push('team/render', amd64, 'v1');
  registry.push('team/render', arm64, 'v1-arm');
  const platform = (architecture: string, os = 'linux') => ({ platform: { os, architecture } });
  const index = indexOf([
    [amd64.manifest, platform('amd64')],
    [stored(Buffer.from('{}'), amd64.manifest.mediaType), platform('unknown', 'unknown')],
    [arm64.manifest, platform('arm64')],
  ]);
  registry.putManifest('team/render', index, 'v2');
});
afterEach(() => registry.stop());

describe('resolve', () => {
  it('gives an index’s platforms without its attestations', async () => {
    const image = expectKnown(await sourceFor(registry.host).resolve(`${registry.host}/team/render:v2`, never));
    expect(image).toMatchObject({ kind: 'index', reference: `${registry.host}/team/render:v2` });
    expect(image.entries).toEqual([
      { platform: AMD64, digest: amd64.manifest.digest },
      { platform: { ...AMD64, architecture: 'arm64' }, digest: arm64.manifest.digest },
    ]);
  });

  it('gives a manifest’s own platform, from its configuration', async () => {
    const image = expectKnown(await sourceFor(registry.host).resolve(`${registry.host}/team/render:v1-arm`, never));
    const { digest, mediaType } = arm64.manifest;
    const entries = [{ platform: { ...AMD64, architecture: 'arm64' }, digest }];
    expect(image).toMatchObject({ kind: 'manifest', digest, mediaType, entries });
  });

  it('prefers the digest to the tag', async () => {
    const reference = `${registry.host}/team/render:v1@${arm64.manifest.digest}`;
    expect(expectKnown(await sourceFor(registry.host).resolve(reference, never)).digest).toBe(arm64.manifest.digest);
  });

  it('follows an index within an index', async () => {
    const inner = indexOf([[amd64.manifest, { platform: { os: 'linux', architecture: 'amd64' } }]]);
    registry.putManifest('team/render', inner);
    registry.putManifest('team/render', indexOf([[inner, {}]]), 'nested');
    const image = expectKnown(await sourceFor(registry.host).resolve(`${registry.host}/team/render:nested`, never));
    expect(image.entries).toEqual([{ platform: AMD64, digest: amd64.manifest.digest }]);
  });

  it('refuses what is no reference', async () => {
    expect(expectFailure(await sourceFor(registry.host).resolve('Not A Reference', never)).code).toBe('invalid');
    expect(registry.seen).toEqual([]);
  });

  it('refuses schema 1 and artifacts by name', async () => {
    const old = stored(Buffer.from('{"schemaVersion":1}'), 'application/vnd.docker.distribution.manifest.v1+json');
    registry.putManifest('team/render', old, 'old');
    const chart = { schemaVersion: 2, config: { mediaType: 'application/helm', digest: old.digest }, layers: [] };
    registry.putManifest('team/render', stored(Buffer.from(JSON.stringify(chart)), amd64.manifest.mediaType), 'chart');
    const source = sourceFor(registry.host);
    const schema1 = expectFailure(await source.resolve(`${registry.host}/team/render:old`, never));
    expect(schema1).toMatchObject({ code: 'unsupported', message: expect.stringContaining('schema 1') });
    const helm = expectFailure(await source.resolve(`${registry.host}/team/render:chart`, never));
    expect(helm).toMatchObject({ code: 'unsupported', message: expect.stringContaining('application/helm') });
  });
});

describe('open', () => {
  it('opens the fitting entry of an index, with its configuration and files', async () => {
    const image = expectKnown(await sourceFor(registry.host).open(`${registry.host}/team/render:v2`, AMD64, never));
    expect(image.digest).toBe(amd64.manifest.digest);
    expect(image.config).toMatchObject({ platform: AMD64, entrypoint: ['/app/render'], path: '/bin' });
    expect(JSON.stringify(image)).not.toContain('hunter2');
    expect(image.layers).toEqual(amd64.layers.map((layer) => layer.digest));
    expect(await image.files.lstat('/app/render')).toMatchObject({ kind: 'file', mode: 0o755, size: 6 });
    expect(Buffer.from(await image.files.read('/app/render', 1, 3)).toString()).toBe('ina');
    expect(await image.files.read('/app/render', 6, 10)).toHaveLength(0);
    expect(await image.files.lstat('/nothing')).toBeNull();
  });

  it('opens a manifest whatever it says', async () => {
    const image = expectKnown(await sourceFor(registry.host).open(`${registry.host}/team/render:v1-arm`, AMD64, never));
    expect(image.config.platform.architecture).toBe('arm64');
  });

  it('says what it was built on, as the annotations of its manifest state it', async () => {
    const name = 'org.opencontainers.image.base.name';
    const body = JSON.parse(amd64.manifest.bytes.toString());
    registry.putManifest('team/render', manifestOf({ ...body, annotations: { [name]: 'debian:13' } }), 'based');
    const image = expectKnown(await sourceFor(registry.host).open(`${registry.host}/team/render:based`, AMD64, never));
    expect(image.config.build.baseName).toBe('debian:13');
  });

  it('says which platforms there are when none fits', async () => {
    const failure = expectFailure(await sourceFor(registry.host).open(`${registry.host}/team/render:v2`, S390X, never));
    expect(failure.code).toBe('not-found');
    expect(failure.message).toMatch(/linux\/s390x.*linux\/amd64, linux\/arm64/);
  });

  it('takes an entry without platform by its configuration', async () => {
    const index = indexOf([
      [arm64.manifest, {}],
      [amd64.manifest, {}],
    ]);
    registry.putManifest('team/render', index, 'bare');
    const source = sourceFor(registry.host);
    const image = expectKnown(await source.open(`${registry.host}/team/render:bare`, AMD64, never));
    expect(image.digest).toBe(amd64.manifest.digest);
    expect(expectFailure(await source.open(`${registry.host}/team/render:bare`, S390X, never)).code).toBe('not-found');
  });
});

describe('tags', () => {
  it('are read over all pages, in the registry’s order', async () => {
    registry.putManifest('team/render', amd64.manifest, 'a', 'b');
    const tags = expectKnown(await sourceFor(registry.host).tags(`${registry.host}/team/render`, never));
    expect(tags).toEqual(['v1', 'v1-arm', 'v2', 'a', 'b']);
  });

  it('are at most 1,000', async () => {
    registry.intercept = (_request, response, path) => {
      if (!path.includes('/tags/')) return false;
      response.setHeader('link', '</v2/team/render/tags/list?last=x>; rel="next"');
      response.end(JSON.stringify({ tags: Array.from({ length: 300 }, (_, at) => `t${at}`) }));
      return true;
    };
    expect(expectKnown(await sourceFor(registry.host).tags(`${registry.host}/team/render`, never))).toHaveLength(1000);
    expect(registry.seen).toHaveLength(4);
  });
});
