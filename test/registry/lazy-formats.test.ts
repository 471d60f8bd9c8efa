import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchToc, lazyFormatOf, openToc } from '../../adapters/registry/oci/layers/fetch-toc.ts';
import type { Layer, ReadRange } from '../../adapters/registry/oci/layers/layer.ts';
import type { LayerListing } from '../../adapters/registry/oci/layers/layer-listing.ts';
import { listLayer } from '../../adapters/registry/oci/layers/list-layer.ts';
import { listToc } from '../../adapters/registry/oci/layers/list-toc.ts';
import { readChunks } from '../../adapters/registry/oci/layers/read-chunks.ts';
import { lookUpIn } from '../../src/image/layered-tree.ts';
import { sha256 } from '../servers/registry/build-image.ts';

const ESTARGZ = 'containerd.io/snapshot/stargz/toc.digest';
const CHUNKED = 'io.containers.zstd-chunked';
const BIG = Array.from({ length: 20_000 }, (_, at) => `${String(at).padStart(8, '0')}\n`).join('');
const nothingKept = { get: async () => null, set: async () => undefined };

/** What other tools wrote; see fixtures/README.md. */
const FORMATS = {
  estargz: { [ESTARGZ]: 'sha256:fa3a12b1d491802a52a09398dd4e64e8979bda8b33388f24ea7d1c4c9a700822' },
  'zstd-chunked': {
    [`${CHUNKED}.manifest-position`]: '10545:432:2058:1',
    [`${CHUNKED}.manifest-checksum`]: 'sha256:3c993b42386660177d6bb94c1c381da8afa8cabc84d313174d244d2b2fd27fa6',
  },
};

async function openFixture(name: keyof typeof FORMATS) {
  const blob = await readFile(join(import.meta.dirname, 'fixtures', `${name}-layer`));
  const ranges: [number, number][] = [];
  const read: ReadRange = async function* (from, to) {
    ranges.push([from, to]);
    yield blob.subarray(from, to);
  };
  const digest = sha256(blob);
  const layer: Layer = { registry: 'r', repository: 'x', digest, size: blob.length, annotations: FORMATS[name] };
  const format = lazyFormatOf(layer);
  if (format === null) throw new Error('it is not taken for a lazy format');
  const listing = listToc(await openToc(format, await fetchToc(format, blob.length, read)));
  return { blob, layer, listing, ranges, read };
}

const PATHS = ['/', '/bin', '/bin/run', '/app', '/app/big', '/app/empty', '/app/link', '/app/hard', '/app/sub', '/no'];
const entriesOf = (listing: LayerListing) => PATHS.map((path) => lookUpIn(path, [listing.index])?.entry ?? null);

describe.each(['estargz', 'zstd-chunked'] as const)('a layer written as %s', (name) => {
  it('has the same entries by its table as by its bytes', async () => {
    const { blob, layer, listing } = await openFixture(name);
    async function* whole() {
      yield blob;
    }
    const streamed = await listLayer(whole(), layer);
    expect(entriesOf(listing)).toEqual(entriesOf(streamed));
    expect(entriesOf(listing)[4]).toEqual({ kind: 'file', mode: 0o4755, uid: 7, gid: 3_000_000, size: 180_000 });
    expect(lookUpIn('/app/sub/gone', [streamed.index, listing.index])).toBeNull();
  });

  it('gives parts of files by ranges, and no more of the blob than their chunks', async () => {
    const { listing, ranges, read, blob } = await openFixture(name);
    const part = (path: string, offset: number, length: number) => {
      const ordinal = lookUpIn(path, [listing.index])?.bytes?.ordinal ?? -1;
      return readChunks(listing.chunks?.get(ordinal) ?? [], offset, length, read, nothingKept);
    };
    ranges.length = 0;
    expect(Buffer.from(await part('/bin/run', 0, 18)).toString()).toBe('#!/bin/sh\necho hi\n');
    expect(Buffer.from(await part('/app/hard', 2, 7)).toString()).toBe('/bin/sh');
    expect(Buffer.from(await part('/app/big', 0, 4)).toString()).toBe('0000');
    expect(Buffer.from(await part('/app/big', 39_990, 30)).toString()).toBe(BIG.slice(39_990, 40_020));
    expect(Buffer.from(await part('/app/big', 0, BIG.length)).toString()).toBe(BIG);
    expect(Buffer.from(await part('/app/big', BIG.length - 3, 3)).toString()).toBe(BIG.slice(-3));
    expect(await part('/app/empty', 0, 0)).toHaveLength(0);
    for (const [from, to] of ranges.slice(0, 2)) expect(to - from).toBeLessThan(blob.length / 2);
  });
});

describe('a table of contents', () => {
  it('is looked for only where the manifest gives its digest', () => {
    const formatOf = (annotations: Record<string, string>) =>
      lazyFormatOf({ registry: 'r', repository: 'x', digest: 'd', size: 1, annotations })?.kind ?? null;
    const position = '10:20:30:1';
    const checksum = sha256(Buffer.alloc(0));
    expect(formatOf({})).toBeNull();
    expect(formatOf({ [ESTARGZ]: 'sha256:beef' })).toBeNull();
    expect(formatOf({ [ESTARGZ]: checksum })).toBe('estargz');
    for (const prefix of [CHUNKED, 'io.github.containers.zstd-chunked']) {
      const at = `${prefix}.manifest-position`;
      const sum = `${prefix}.manifest-checksum`;
      expect(formatOf({ [at]: position, [sum]: checksum })).toBe('zstd-chunked');
      expect(formatOf({ [at]: position })).toBeNull();
      expect(formatOf({ [at]: '10:20:30:2', [sum]: checksum })).toBeNull();
      expect(formatOf({ [at]: '-10:20:30:1', [sum]: checksum })).toBeNull();
    }
  });

  const toc = (entries: string) => ({ json: Buffer.from(`{"version":1,"entries":${entries}}`), contentEnd: 1000 });
  const file = '"name":"a","type":"reg","size":10';

  it('is read whatever its texts hold', () => {
    const name = '}]{"\\\\[, é';
    const { index } = listToc(
      toc(` [ {"type":"dir","name":${JSON.stringify(name)},"xattrs":{"a":"}"}} ,{${file},"offset":5}]`),
    );
    expect(lookUpIn(`/${name}`, [index])?.entry.kind).toBe('directory');
    expect(lookUpIn('/a', [index])?.entry.size).toBe(10);
  });

  it.each([
    ['has no entries', '{}'],
    ['is cut off', '[{"name":"a"'],
    ['is cut off between entries', '[{"name":"a","type":"dir"},'],
    ['has other things for entries', '[1,2]'],
    ['is no JSON', '[{name:1}]'],
    ['has an entry without a name', '[{"type":"reg"}]'],
    ['has an entry of no kind', '[{"type":"what","name":"a"}]'],
    ['has a link to nowhere', '[{"type":"symlink","name":"a"}]'],
    ['has a name with a NUL', '[{"type":"dir","name":"a\\u0000"}]'],
    ['leads out of the image', '[{"type":"dir","name":"../../a"}]'],
    ['has a negative size', '[{"name":"a","type":"reg","size":-1}]'],
    ['has a size that is no number', '[{"name":"a","type":"reg","size":1e300}]'],
    ['has a negative offset', `[{${file},"offset":-5}]`],
    ['has content after its own beginning', `[{${file},"offset":1000}]`],
    [
      'has a chunk with a hole before it',
      `[{${file},"offset":5,"chunkSize":5},{"type":"chunk","chunkOffset":7,"chunkSize":3,"offset":9}]`,
    ],
    [
      'has chunks over each other',
      `[{${file},"offset":5,"chunkSize":5},{"type":"chunk","chunkOffset":3,"chunkSize":7,"offset":9}]`,
    ],
    [
      'has chunks beyond the file',
      `[{${file},"offset":5,"chunkSize":5},{"type":"chunk","chunkOffset":5,"chunkSize":7,"offset":9}]`,
    ],
    ['has too few chunks', `[{${file},"offset":5,"chunkSize":5}]`],
    ['has an endless entry', `[{"name":"${'a'.repeat(300_000)}`],
  ])('that %s is not used', (_what, entries) => {
    expect(() => listToc(toc(entries))).toThrow(expect.objectContaining({ name: 'LayerFault' }));
  });

  it('with more entries than we read is not used', () => {
    const entries = `[${'{"type":"dir","name":"a"},'.repeat(200_001)}]`;
    expect(() => listToc(toc(entries))).toThrow(/more than 200000 entries/);
  });
});
