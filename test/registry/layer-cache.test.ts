import { randomBytes } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOOKED } from '../../adapters/registry/oci/layers/cache-eviction.ts';
import { createDiskCache } from '../../adapters/registry/oci/layers/disk-cache.ts';
import { readRecord, writeRecord } from '../../adapters/registry/oci/layers/layer-record.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { lookUpIn } from '../../src/image/layered-tree.ts';
import { estargzOf } from '../servers/registry/build-estargz.ts';
import { imageOf, layerOf, type Stored, sha256 } from '../servers/registry/build-image.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectKnown, keepingLog, never, sourceFor } from './open-source.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const DIGEST = sha256(Buffer.from('a layer'));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'execfmt-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cacheIn = (bound = 1e6, log = keepingLog(), clock = systemClock) =>
  createDiskCache({ folder, bound, clock, log });
const QUARTER_OF_AN_HOUR = 900_000;
const later = { ...systemClock, now: () => new Date(Date.now() + QUARTER_OF_AN_HOUR) };
const home = () => join(folder, 'layers-v1');
const files = async () => (await readdir(home())).filter((name) => name !== LOOKED);
const text = (bytes: Buffer | null) => bytes?.toString() ?? null;

describe('the cache on disk', () => {
  it('gives back what was kept, to another process too', async () => {
    await cacheIn().set(DIGEST, 'listing', Buffer.from('content'));
    expect(text(await cacheIn().get(DIGEST, 'listing'))).toBe('content');
    expect(await cacheIn().get(DIGEST, 'toc')).toBeNull();
    expect(await cacheIn().get(sha256(Buffer.from('another')), 'listing')).toBeNull();
  });

  it('is for its owner alone', async () => {
    await cacheIn().set(DIGEST, 'listing', Buffer.from('content'));
    expect((await stat(home())).mode & 0o777).toBe(0o700);
    for (const name of await files()) expect((await stat(join(home(), name))).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['cut off', async (path: string) => writeFile(path, (await readFile(path)).subarray(0, -1))],
    ['changed', async (path: string) => writeFile(path, (await readFile(path)).fill(0, 33, 34))],
    ['empty', (path: string) => writeFile(path, '')],
    ['another layer’s', (path: string) => rename(path, path.replace(/[0-9a-f]{64}/, 'f'.repeat(64)))],
  ])('takes a file that is %s for nothing, and removes it', async (_what, damage) => {
    await cacheIn().set(DIGEST, 'listing', Buffer.from('content'));
    await damage(join(home(), (await files())[0]!));
    for (const digest of [DIGEST, `sha256:${'f'.repeat(64)}`])
      expect(await cacheIn().get(digest, 'listing')).toBeNull();
    expect(await files()).toEqual([]);
  });

  it('writes nothing beside its own folder, where others may have laid a link', async () => {
    await cacheIn().set(DIGEST, 'listing', Buffer.from('content'));
    expect(await readdir(folder)).toEqual(['layers-v1']);
  });

  it('follows no link', async () => {
    await cacheIn().set(DIGEST, 'listing', Buffer.from('content'));
    const path = join(home(), (await files())[0]!);
    await rename(path, join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), path);
    expect(await cacheIn().get(DIGEST, 'listing')).toBeNull();
  });

  it('removes what was not used for longest', async () => {
    const cache = cacheIn(10_000);
    const digests = ['a', 'b', 'c'].map((name) => sha256(Buffer.from(name)));
    for (const [at, digest] of digests.entries()) {
      await cache.set(digest, 'listing', Buffer.alloc(3000));
      const used = new Date(Date.now() - 60_000 + 1000 * at);
      for (const name of await files())
        if (name.includes(digest.slice(7))) await utimes(join(home(), name), used, used);
    }
    expect(await cache.get(digests[0]!, 'listing')).not.toBeNull();
    await cache.set(DIGEST, 'listing', Buffer.alloc(3000));
    expect(await cache.get(digests[1]!, 'listing')).toBeNull();
    expect(await cache.get(digests[0]!, 'listing')).not.toBeNull();
    expect(await cache.get(DIGEST, 'listing')).not.toBeNull();
  });

  it('keeps nothing that is larger than all of it', async () => {
    await cacheIn(1000).set(DIGEST, 'listing', Buffer.alloc(2000));
    expect(await cacheIn().get(DIGEST, 'listing')).toBeNull();
  });

  it('removes what a killed process left, but not what another one writes', async () => {
    await cacheIn().set(DIGEST, 'listing', Buffer.from('x'));
    const [old, young] = ['old.tmp', 'young.tmp'].map((name) => join(home(), name));
    for (const path of [old!, young!]) await writeFile(path, 'half');
    await utimes(old!, new Date(0), new Date(0));
    await cacheIn(1e6, keepingLog(), later).set(DIGEST, 'toc', Buffer.from('y'));
    expect((await files()).filter((name) => name.endsWith('.tmp'))).toEqual(['young.tmp']);
  });

  it('does not look at all files whenever it writes one, whichever process writes', async () => {
    const left = async () => {
      await writeFile(join(home(), 'old.tmp'), 'half');
      await utimes(join(home(), 'old.tmp'), new Date(0), new Date(0));
    };
    const isLeft = async () => (await files()).includes('old.tmp');
    const cache = cacheIn();
    await cache.set(DIGEST, 'listing', Buffer.from('x'));
    await left();
    await cache.set(DIGEST, 'toc', Buffer.from('y'));
    await cacheIn().set(DIGEST, 'toc', Buffer.from('y'));
    expect(await isLeft()).toBe(true);
    await cache.set(DIGEST, 'toc', Buffer.alloc(70_000));
    expect(await isLeft(), 'a sixteenth of the bound was written').toBe(false);
    await left();
    const earlier = { ...systemClock, now: () => new Date(Date.now() - QUARTER_OF_AN_HOUR) };
    await cacheIn(1e6, keepingLog(), earlier).set(DIGEST, 'toc', Buffer.from('y'));
    expect(await isLeft(), 'the clock was set back').toBe(false);
  });

  it.each([
    ['../../etc/passwd', 'listing'],
    ['sha256:../../../../etc/passwd', 'listing'],
    [`sha256:${'0'.repeat(63)}/`, 'listing'],
    [DIGEST, '../x'],
    [DIGEST, 'a/b'],
    [DIGEST, ''],
  ])('has no place for %j, %j', async (digest, part) => {
    await cacheIn().set(digest, part, Buffer.from('x'));
    expect(await cacheIn().get(digest, part)).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not used when others may write to it', async () => {
    await mkdir(home());
    await chmod(home(), 0o777);
    const log = keepingLog();
    await cacheIn(1e6, log).set(DIGEST, 'listing', Buffer.from('x'));
    expect(await files()).toEqual([]);
    expect(log.lines.join()).toContain('others may write to it');
  });

  it('is not missed where there cannot be one', async () => {
    await writeFile(join(folder, 'file'), '');
    const log = keepingLog();
    const cache = createDiskCache({ folder: join(folder, 'file'), bound: 1e6, clock: systemClock, log });
    await cache.set(DIGEST, 'listing', Buffer.from('x'));
    expect(await cache.get(DIGEST, 'listing')).toBeNull();
    expect(log.lines).toHaveLength(1);
  });
});

describe('the record of a listing', () => {
  const entry = {
    path: 'ä/b',
    kind: 'file',
    mode: 0o4755,
    uid: 2 ** 31,
    gid: 0,
    size: 2 ** 52 + 1,
    target: null,
  } as const;

  it('gives back entries and pieces', () => {
    const record = writeRecord();
    record.add(entry);
    record.add({ ...entry, path: 'link', kind: 'symlink', target: 'ü' });
    record.keep(0, [{ offset: 5000, bytes: Buffer.from('xyz') }]);
    const listing = readRecord(record.bytes());
    expect(lookUpIn('/ä/b', [listing.index])).toMatchObject({
      entry: { size: 2 ** 52 + 1, uid: 2 ** 31, mode: 0o4755 },
    });
    expect(lookUpIn('/link', [listing.index])?.entry.target).toBe('ü');
    expect(listing.pieces.get(0)).toEqual([{ offset: 5000, bytes: Buffer.from('xyz') }]);
  });

  it('is refused when it is something else', () => {
    const record = writeRecord();
    record.add(entry);
    const bytes = record.bytes();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readRecord(bytes.subarray(0, length)), `${length}`).toThrow('damaged');
    }
    expect(() => readRecord(Buffer.alloc(100, 0xff))).toThrow('damaged');
    expect(() => readRecord(Buffer.from([50]))).toThrow('damaged');
  });
});

describe('an image that was read before', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  afterEach(() => registry.stop());

  const openAnew = async (layers: readonly Stored[]) => {
    registry.push('x', imageOf('linux/amd64', layers), 'v1');
    registry.seen.length = 0;
    const source = sourceFor(registry.host, {}, { cacheDir: folder });
    return expectKnown(await source.open(`${registry.host}/x:v1`, AMD64, never));
  };
  const layersRead = (layers: readonly Stored[]) =>
    registry.seen.filter(({ path }) => layers.some(({ digest }) => path.endsWith(digest))).length;

  it('is read again without its layers', async () => {
    const layers = [
      await layerOf([{ name: 'below', content: 'b' }]),
      await layerOf([{ name: 'run', content: '#!', mode: 0o755 }]),
    ];
    for (const expected of [2, 0]) {
      const image = await openAnew(layers);
      expect(Buffer.from(await image.files.read('/run', 0, 256)).toString()).toBe('#!');
      expect(await image.files.lstat('/below')).toMatchObject({ size: 1 });
      expect(await image.files.lstat('/nothing')).toBeNull();
      expect(image.verified()).toBe(true);
      expect(layersRead(layers)).toBe(expected);
    }
  });

  it('by its table of contents too', async () => {
    const layer = await estargzOf([
      { name: 'filler', content: randomBytes(600_000) },
      { name: 'run', content: '#!', mode: 0o755 },
    ]);
    for (const expected of [3, 0]) {
      const image = await openAnew([layer]);
      expect(Buffer.from(await image.files.read('/run', 0, 256)).toString()).toBe('#!');
      expect(image.verified()).toBe(false);
      expect(layersRead([layer])).toBe(expected);
    }
  });

  it('keeps nothing of a layer whose bytes are not those of its digest', async () => {
    const [right, wrong] = [await layerOf([{ name: 'a' }]), await layerOf([{ name: 'b' }])];
    const image = await openAnew([right]);
    registry.putBlob({ ...wrong, digest: right.digest });
    await expect(image.files.lstat('/b')).rejects.toMatchObject({ why: { code: 'invalid' } });
    expect((await files()).filter((name) => !name.includes('.config'))).toEqual([]);
    expect(await (await openAnew([right])).files.lstat('/a')).not.toBeNull();
  });
});

describe('configurations on disk', () => {
  const variables = { Entrypoint: ['/app'], Env: ['PATH=/opt/bin', 'TOKEN=canary-7731'] };
  const history = [
    { created_by: 'ENV TOKEN=canary-7731', empty_layer: true },
    { created_by: 'COPY app /app # buildkit' },
  ];
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  afterEach(() => registry.stop());
  const open = async () => {
    const source = sourceFor(registry.host, {}, { cacheDir: folder });
    return expectKnown(await source.open(`${registry.host}/x:v1`, AMD64, never)).config;
  };

  it('are read again without their registry, as they were', async () => {
    const image = imageOf('linux/amd64', [await layerOf([{ name: 'app', content: 'x' }])], variables, { history });
    registry.push('x', image, 'v1');
    const first = await open();
    registry.seen.length = 0;
    expect(await open()).toEqual(first);
    expect(registry.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v2/x/manifests/v1']);
  });

  it('hold no variable of the environment but PATH', async () => {
    registry.push('x', imageOf('linux/amd64', [], variables, { history }), 'v1');
    expect((await open()).path).toBe('/opt/bin');
    const names = await files();
    expect(names.some((name) => name.endsWith('.config-1'))).toBe(true);
    for (const name of names) expect((await readFile(join(home(), name))).toString('latin1')).not.toContain('canary');
  });
});
