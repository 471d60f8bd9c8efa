import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenedImage } from '../../src/ports/image-source.ts';
import { imageOf, layerOf, type Stored, stored, type TarFile, tarOf } from '../servers/registry/build-image.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectKnown, never, sourceFor } from './open-source.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
let registry: TestRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

async function open(layers: readonly Stored[], signal: AbortSignal = never): Promise<OpenedImage> {
  registry.push('x', imageOf('linux/amd64', layers), 'v1');
  const opened = expectKnown(await sourceFor(registry.host).open(`${registry.host}/x:v1`, AMD64, signal));
  registry.seen.length = 0;
  return opened;
}
const text = async (image: OpenedImage, path: string) => Buffer.from(await image.files.read(path, 0, 1e6)).toString();
const fetched = () => registry.seen.map((request) => request.path.split('/').at(-1));

describe('the compression of a layer', () => {
  const files: TarFile[] = [{ name: 'a', content: 'hello' }];

  it.each(['gzip', 'zstd', 'none'] as const)('may be %s', async (as) => {
    expect(await text(await open([await layerOf(files, as)]), '/a')).toBe('hello');
  });

  it('is told by the bytes, not by the media type', async () => {
    const { bytes } = await layerOf(files, 'zstd');
    expect(await text(await open([stored(bytes, LAYER)]), '/a')).toBe('hello');
  });

  it('zstd may have many frames, some of them to be skipped, cut anywhere', async () => {
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at) % 251));
    const archive = await tarOf([
      { name: 'big', content, mode: 0o755 },
      { name: 'last', content: 'end' },
    ]);
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frames: Buffer[] = [skippable];
    for (let at = 0; at < archive.length; at += 10_007) {
      frames.push(zstdCompressSync(archive.subarray(at, at + 10_007)), skippable);
    }
    const image = await open([stored(Buffer.concat(frames), LAYER)]);
    expect(await text(image, '/last')).toBe('end');
    expect(Buffer.from(await image.files.read('/big', 0, content.length)).equals(content)).toBe(true);
  });

  it.each([
    ['gzip that is cut off', async () => (await layerOf(files)).bytes.subarray(0, 60), 'compression'],
    ['zstd that is cut off', async () => (await layerOf(files, 'zstd')).bytes.subarray(0, 30), 'compression'],
    ['gzip that is damaged', async () => (await layerOf(files)).bytes.fill(0xff, 20, 30), 'compression'],
    ['tar that is cut off', async () => (await tarOf(files)).subarray(0, 514), 'cut off'],
    ['tar with a damaged header', async () => (await tarOf(files)).fill(0x41, 0, 3), 'tar archive'],
    ['bzip2', async () => Buffer.from('BZh91AY&SY'), 'bzip2'],
    ['a web page', async () => Buffer.from('<html>'.repeat(200)), 'tar archive'],
  ])('%s is refused', async (_what, make, word) => {
    const image = await open([stored(await make(), LAYER)]);
    await expect(image.files.lstat('/a')).rejects.toMatchObject({
      name: 'ProbeError',
      why: { target: registry.host, message: expect.stringContaining(word) },
    });
  });

  it('an empty layer is empty', async () => {
    const image = await open([await layerOf(files), stored(Buffer.alloc(0), LAYER), await layerOf([])]);
    expect(await text(image, '/a')).toBe('hello');
  });

  it('a bomb is not followed to its end', async () => {
    // 1 GiB of zeros in frames of some bytes each, as one file.
    const header = (await tarOf([{ name: 'zeros', content: 'x' }])).subarray(0, 512);
    header.write('10000000000\0', 124, 'latin1');
    header.write('        ', 148, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    const zeros = zstdCompressSync(Buffer.alloc(16 * 1024 ** 2));
    const bomb = Buffer.concat([zstdCompressSync(header), ...Array.from({ length: 64 }, () => zeros)]);
    const image = await open([stored(bomb, LAYER)]);
    await expect(image.files.lstat('/zeros')).rejects.toMatchObject({
      why: { code: 'too-large', message: expect.stringContaining('bomb') },
    });
  });
});

describe('the bytes of a layer', () => {
  it('that are not those of its digest are refused', async () => {
    const [right, wrong] = [await layerOf([{ name: 'a', content: '1' }]), await layerOf([{ name: 'a', content: '2' }])];
    const image = await open([right]);
    registry.putBlob({ ...wrong, digest: right.digest });
    await expect(image.files.lstat('/a')).rejects.toMatchObject({
      why: { code: 'invalid', message: expect.stringContaining(right.digest) },
    });
  });

  it('after the archive’s end count for the digest', async () => {
    const archive = await tarOf([{ name: 'a', content: 'x' }]);
    const padded = stored(Buffer.concat([archive, Buffer.alloc(100_000)]), LAYER);
    expect(await text(await open([padded]), '/a')).toBe('x');
    const image = await open([padded]);
    registry.putBlob({ ...padded, bytes: Buffer.concat([archive, Buffer.alloc(100_000, 1)]) });
    await expect(image.files.lstat('/a')).rejects.toMatchObject({ why: { code: 'invalid' } });
  });

  it('that no longer are there are a failure, not nothing', async () => {
    const image = await open([await layerOf([{ name: 'a' }])]);
    registry.intercept = (_request, response) => {
      response.writeHead(404).end();
      return true;
    };
    await expect(image.files.lstat('/a')).rejects.toMatchObject({ why: { code: 'not-found' } });
  });

  it('stop coming when the caller gives up', async () => {
    const caller = new AbortController();
    const image = await open([await layerOf([{ name: 'a' }])], caller.signal);
    registry.intercept = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('x', () => caller.abort());
      return true;
    };
    await expect(image.files.lstat('/a')).rejects.toMatchObject({ why: { code: 'timeout' } });
  });
});

describe('the files of an image', () => {
  it('have their kinds, modes, owners, sizes and links', async () => {
    const long = `deep/${'n'.repeat(120)}/${'m'.repeat(120)}`;
    const image = await open([
      await layerOf([
        { name: './bin/', type: 'directory', mode: 0o711 },
        { name: './bin/su', content: 'xyz', mode: 0o4755, uid: 7, pax: { gid: '3000000' } },
        { name: '/bin/sh', type: 'symlink', linkname: 'sü' },
        { name: 'bin/hard', type: 'link', linkname: 'bin/su', mode: 0o4755, uid: 7, pax: { gid: '3000000' } },
        { name: 'dev/null', type: 'character-device', devmajor: 1, devminor: 3 },
        { name: long, content: 'deep' },
        { name: 'übung', content: 'u' },
      ]),
    ]);
    const { files } = image;
    expect(await files.lstat('/bin')).toEqual({ kind: 'directory', mode: 0o711, uid: 0, gid: 0, size: 0 });
    const su = { kind: 'file', mode: 0o4755, uid: 7, gid: 3_000_000, size: 3 };
    expect(await files.lstat('/bin/su')).toEqual(su);
    expect(await files.lstat('/bin/hard')).toEqual(su);
    expect(await files.lstat('/bin/sh')).toMatchObject({ kind: 'symlink', target: 'sü', size: 3 });
    expect(await files.lstat('/dev/null')).toMatchObject({ kind: 'other' });
    expect(await text(image, `/${long}`)).toBe('deep');
    expect(await text(image, '/bin/hard')).toBe('xyz');
    expect(await text(image, '/übung')).toBe('u');
    await expect(files.read('/bin', 0, 1)).rejects.toMatchObject({ why: { code: 'not-found' } });
  });

  it('are read anywhere, large ones too', async () => {
    const content = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7) % 253));
    const image = await open([
      await layerOf([
        { name: 'before', content: 'x' },
        { name: 'big', content },
      ]),
    ]);
    for (const [offset, length] of [
      [0, 10],
      [4090, 20],
      [199_990, 100],
      [200_000, 5],
      [300_000, 5],
    ] as const) {
      const found = Buffer.from(await image.files.read('/big', offset, length));
      expect(found.equals(content.subarray(offset, offset + length)), `${offset}`).toBe(true);
    }
    // Once for the listing, once for the file.
    expect(registry.seen).toHaveLength(2);
  });

  it('need no second look at the layer for the first 4 KiB of what is executable', async () => {
    const content = Buffer.alloc(50_000, 'ab');
    const image = await open([await layerOf([{ name: 'run', content, mode: 0o755 }])]);
    expect(await image.files.read('/run', 0, 4096)).toHaveLength(4096);
    expect(registry.seen).toHaveLength(1);
    expect(await image.files.read('/run', 4000, 200)).toHaveLength(200);
    expect(registry.seen).toHaveLength(2);
  });

  it('are fetched from the top, only as far as they are needed, and once', async () => {
    // Large enough that it is not fetched ahead of need.
    const filler = { name: 'filler', content: randomBytes(20_000) };
    const bottom = await layerOf([{ name: 'a' }, { name: 'below', content: 'b' }, { name: 'gone' }, filler]);
    const top = await layerOf([{ name: 'a', content: 'top' }, { name: '.wh.gone' }]);
    const image = await open([bottom, top]);
    expect(await text(image, '/a')).toBe('top');
    expect(await image.files.lstat('/gone')).toBeNull();
    expect(fetched()).toEqual([top.digest]);
    expect(await text(image, '/below')).toBe('b');
    expect(fetched()).toEqual([top.digest, bottom.digest]);
  });

  it('that are asked for at once share one look at a layer', async () => {
    const image = await open([await layerOf([{ name: 'a' }])]);
    await Promise.all([image.files.lstat('/a'), image.files.lstat('/b'), image.files.lstat('/a')]);
    expect(registry.seen).toHaveLength(1);
  });

  it.each([
    ['leads out of the image', '../etc/passwd'],
    ['leads out further down', 'a/../../x'],
  ])('cannot be told when an entry %s', async (_what, name) => {
    const image = await open([await layerOf([{ name }])]);
    await expect(image.files.lstat('/a')).rejects.toMatchObject({
      why: { code: 'invalid', message: expect.stringContaining('leads out') },
    });
  });
});
