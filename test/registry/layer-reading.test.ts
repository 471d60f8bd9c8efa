import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { execve } from '../../src/kernel/execve.ts';
import { runOverRemote } from '../../src/kernel/file-tree.ts';
import type { KernelHost } from '../../src/kernel/host.ts';
import type { OpenedImage } from '../../src/ports/image-source.ts';
import { suite } from '../lab/requirements.ts';
import { type EstargzLies, estargzOf } from '../servers/registry/build-estargz.ts';
import { imageOf, layerOf, type Stored, type TarFile } from '../servers/registry/build-image.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectKnown, never, sourceFor } from './open-source.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
let registry: TestRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

async function open(layers: readonly Stored[], history: object[] = []): Promise<OpenedImage> {
  const image = imageOf('linux/amd64', layers, {}, { history });
  registry.push('x', image, 'v1');
  const opened = expectKnown(await sourceFor(registry.host).open(`${registry.host}/x:v1`, AMD64, never));
  registry.seen.length = 0;
  return opened;
}
const read = async (image: OpenedImage, path: string, offset = 0, length = 1e6) =>
  Buffer.from(await image.files.read(path, offset, length)).toString('latin1');
const fetched = () => registry.seen.map((request) => request.path.split('/').at(-1));
/** Too large to be fetched ahead of need, or to be worth nothing by its table. */
const filler = (size: number, name = 'filler'): TarFile => ({ name, content: randomBytes(size), mode: 0o644 });

describe('what was read is verified', () => {
  it('when all of the layers was read', async () => {
    const image = await open([await layerOf([{ name: 'a', content: 'x', mode: 0o755 }])]);
    expect(image.verified()).toBe(true);
    expect(await read(image, '/a')).toBe('x');
    expect(image.verified()).toBe(true);
  });

  it('but not when a file was read again beyond what was kept', async () => {
    const image = await open([await layerOf([filler(20_000)])]);
    expect(await read(image, '/filler', 10_000, 5)).toHaveLength(5);
    expect(image.verified()).toBe(false);
  });
});

describe('layers that are fetched ahead of need', () => {
  const large = () => layerOf([filler(20_000)]);

  it('are the small ones below', async () => {
    const tiny = await Promise.all(['a', 'b', 'c'].map((name) => layerOf([{ name, content: name }])));
    const image = await open([...tiny, await large()]);
    await image.files.lstat('/filler');
    await image.files.lstat('/a');
    expect(new Set(fetched())).toEqual(new Set(image.layers));
    expect(fetched()).toHaveLength(4);
  });

  it('are those that the history speaks of, one at a time, and given up when the answer is there without them', async () => {
    const layers = [await large(), await large(), await large(), await layerOf([{ name: 'app/run' }, filler(30_000)])];
    const copied = { created_by: 'COPY . /app/run # buildkit' };
    const image = await open(layers, [{}, copied, { created_by: 'ENV a=b', empty_layer: true }, {}, {}]);
    const asked: string[] = [];
    registry.intercept = (_request, response, path) => {
      const digest = path.split('/').at(-1) ?? '';
      asked.push(digest);
      if (digest === image.layers[3]) return false;
      response.writeHead(200, { 'content-length': '20000' }).write('x');
      return true;
    };
    expect(await image.files.lstat('/app/run')).toMatchObject({ kind: 'file' });
    expect(asked.toSorted()).toEqual([image.layers[3], image.layers[2]].toSorted());
    registry.intercept = () => false;
    expect(await image.files.lstat('/nothing')).toBeNull();
  });
});

describe('callers that ask for one layer at once', () => {
  it('do not lose it when one of them gives up', async () => {
    const layer = await layerOf([{ name: 'a' }, filler(20_000)]);
    registry.push('x', imageOf('linux/amd64', [layer]), 'v1');
    const source = sourceFor(registry.host);
    const impatient = new AbortController();
    const [first, second] = await Promise.all(
      [impatient.signal, never].map(async (signal) =>
        expectKnown(await source.open(`${registry.host}/x:v1`, AMD64, signal)),
      ),
    );
    const held = Promise.withResolvers<void>();
    registry.seen.length = 0;
    registry.intercept = (_request, response) => {
      response.writeHead(200);
      held.promise.then(() => response.end(layer.bytes));
      return true;
    };
    const answers = [first!.files.lstat('/a'), second!.files.lstat('/a')];
    impatient.abort();
    await expect(answers[0]).rejects.toMatchObject({ why: { code: 'timeout' } });
    held.resolve();
    expect(await answers[1]).toMatchObject({ kind: 'file' });
    expect(registry.seen).toHaveLength(1);
  });
});

describe('a connection that breaks within a layer', () => {
  const ranges = () => registry.seen.map(({ range }) => range);

  it('is made again for what is left, and all is verified', async () => {
    const layer = await layerOf([{ name: 'a' }, filler(900_000)]);
    const image = await open([layer]);
    let broken = 0;
    registry.intercept = ({ headers }, response) => {
      const [from = 0] = (headers.range?.match(/\d+/g) ?? []).map(Number);
      if (broken++ > 2) return false;
      const length = layer.bytes.length;
      const range = { 'content-range': `bytes ${from}-${length - 1}/${length}` };
      response.writeHead(headers.range ? 206 : 200, { 'content-length': length - from, ...range });
      response.write(layer.bytes.subarray(from, from + 200_000), () => response.destroy());
      return true;
    };
    expect(await image.files.lstat('/a')).toMatchObject({ kind: 'file' });
    expect(image.verified()).toBe(true);
    const starts = ranges().map((range) => Number(/\d+/.exec(range ?? '')?.[0] ?? 0));
    expect(starts).toHaveLength(4);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts[1]).toBeGreaterThan(0);
  });

  it('is begun again in one piece when the parts do not fit together', async () => {
    const image = await open([await layerOf([{ name: 'a' }, filler(100_000)])]);
    let broken = 0;
    registry.intercept = (_request, response) => {
      if (broken++ > 0) return false;
      response.writeHead(200, { 'content-length': 100_000 }).write('x', () => response.destroy());
      return true;
    };
    expect(await image.files.lstat('/a')).toMatchObject({ kind: 'file' });
    expect(ranges()).toEqual([null, expect.stringMatching(/^bytes=1-/), null]);
  });

  it('and breaks again and again is told, soon', async () => {
    const image = await open([await layerOf([{ name: 'b' }, filler(100_000)])]);
    registry.intercept = (_request, response) => {
      response.writeHead(200, { 'content-length': 100_000 }).write('x', () => response.destroy());
      return true;
    };
    await expect(image.files.lstat('/b')).rejects.toMatchObject({ why: { code: 'unreachable' } });
    expect(registry.seen).toHaveLength(3);
  });
});

describe('a layer with a table of contents', () => {
  const files: TarFile[] = [
    filler(700_000),
    { name: 'app', type: 'directory', mode: 0o711 },
    { name: 'app/run', content: '#!/bin/sh\n', mode: 0o755 },
    filler(50_000, 'app/data'),
  ];
  const openLazy = async (lies: EstargzLies = {}) => {
    const layer = await estargzOf(files, lies);
    return { layer, image: await open([await layerOf([{ name: 'below', content: 'b' }]), layer]) };
  };
  const wholeReads = ({ digest }: Stored) =>
    registry.seen.filter(({ path, range }) => range === null && path.endsWith(digest)).length;

  it('is read by parts', async () => {
    const { image, layer } = await openLazy();
    expect(await image.files.lstat('/app')).toMatchObject({ kind: 'directory', mode: 0o711 });
    expect(await read(image, '/app/run')).toBe('#!/bin/sh\n');
    expect(await read(image, '/app/data', 40_000, 10)).toHaveLength(10);
    expect(image.verified()).toBe(false);
    const parts = registry.seen.filter(({ path }) => path.endsWith(layer.digest)).map(({ range }) => range);
    expect(parts).toHaveLength(4);
    expect(parts).not.toContain(null);
  });

  it('is streamed when the registry serves no ranges', async () => {
    const { image } = await openLazy();
    registry.intercept = (request) => {
      delete request.headers.range;
      return false;
    };
    expect(await read(image, '/app/run')).toBe('#!/bin/sh\n');
    expect(image.verified()).toBe(true);
  });

  it.each<[string, EstargzLies]>([
    ['another digest', { json: (json) => `${json} ` }],
    ['no JSON', { json: () => 'entries' }],
    ['offsets out of the blob', { lines: (lines) => lines.map((line) => ({ ...line, offset: 1e12 })) }],
    ['a place after its footer', { tocAt: () => 1e12 }],
    ['a place within the layer', { tocAt: () => 100 }],
  ])('is streamed when the table has %s', async (what, lies) => {
    const { image, layer } = await openLazy(lies);
    if (what === 'another digest') {
      const lying = { ...layer, annotations: { 'containerd.io/snapshot/stargz/toc.digest': image.digest } };
      const other = await open([lying]);
      expect(await read(other, '/app/run')).toBe('#!/bin/sh\n');
      expect(other.verified()).toBe(true);
      return;
    }
    expect(await read(image, '/app/run')).toBe('#!/bin/sh\n');
    expect(image.verified()).toBe(true);
    expect(wholeReads(layer)).toBe(1);
  });

  it.each<[string, EstargzLies]>([
    [
      'another place',
      { lines: (lines) => lines.map((line) => (line.name === 'app/run' ? { ...line, offset: 0 } : line)) },
    ],
    [
      'another digest',
      { lines: (lines) => lines.map((line) => ({ ...line, chunkDigest: `sha256:${'0'.repeat(64)}` })) },
    ],
    ['a larger size', { lines: (lines) => lines.map((line) => (line.type === 'reg' ? { ...line, size: 3e6 } : line)) }],
  ])('that gives a file %s is not believed any more', async (_what, lies) => {
    const { image, layer } = await openLazy(lies);
    expect(await read(image, '/app/run')).toBe('#!/bin/sh\n');
    expect((await image.files.lstat('/app/run'))?.size).toBe(10);
    expect(wholeReads(layer)).toBe(1);
  });
});

suite('programs and libraries of a C compiler', ['gcc'], () => {
  it('need no second look at the layer for what the loader looks at', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'execfmt-elf-'));
    try {
      await writeFile(
        join(folder, 'a.c'),
        '#include <stdio.h>\n#include <math.h>\nint main(int c, char **v) { printf("%f", pow(c, 0.3)); }',
      );
      execFileSync('gcc', ['-o', join(folder, 'run'), join(folder, 'a.c'), '-lm', '-Wl,-rpath,/opt/lib']);
      // As large as real ones: much stands between the head and the dynamic section.
      const program = await readFile(join(folder, 'run'));
      const library = await readFile('/lib/x86_64-linux-gnu/libc.so.6').catch(() => program);
      const image = await open([
        await layerOf([
          { name: 'run', content: program, mode: 0o755 },
          { name: 'lib/libc.so.6', content: library, mode: 0o644 },
        ]),
      ]);
      for (const [path, bytes] of [
        ['/run', program],
        ['/lib/libc.so.6', library],
      ] as const) {
        for (const [offset, length] of loaderRanges(bytes)) {
          const found = Buffer.from(await image.files.read(path, offset, length));
          expect(found.equals(bytes.subarray(offset, offset + length)), `${path} ${offset}+${length}`).toBe(true);
        }
      }
      // All of what nearly every program is loaded with is looked into.
      const whole = Buffer.from(await image.files.read('/lib/libc.so.6', 0, library.length));
      expect(whole.equals(library)).toBe(true);
      expect(registry.seen).toHaveLength(1);
      expect(image.verified()).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** By the section headers, which the reader under test does not look at. Little-endian, 64 bits. */
function loaderRanges(elf: Buffer): [number, number][] {
  const table = Number(elf.readBigUInt64LE(40));
  const wanted = [3, 6, 7, 0x6ffffffd, 0x6ffffffe];
  const ranges: [number, number][] = [[0, 4096]];
  for (let index = 0; index < elf.readUInt16LE(60); index++) {
    const at = table + index * 64;
    const isLoaded = (elf.readBigUInt64LE(at + 8) & 2n) !== 0n;
    const [offset, size] = [Number(elf.readBigUInt64LE(at + 24)), Number(elf.readBigUInt64LE(at + 32))];
    if (isLoaded && wanted.includes(elf.readUInt32LE(at + 4))) ranges.push([offset, size]);
  }
  const entry = Number(elf.readBigUInt64LE(24));
  if (entry > 0) ranges.push([entry, 4]);
  return ranges;
}

suite('a dynamically linked program in an image', ['gcc', 'x86-64'], () => {
  const LIBRARIES = '/lib/x86_64-linux-gnu';
  const HOST: KernelHost = {
    ...{ os: 'linux', arch: 'amd64', variant: null, pageSize: null, compat32: null, kernel: null },
    ...{ binfmt: null, mmapMinAddr: null, vaBits: null },
  };
  const REQUEST = { argv: ['/run'], path: '/bin', cwd: '/', uid: 0, gid: 0 };
  /** A program that calls every function of a library, so that the tables of both take many pages. */
  const build = (folder: string, count: number, missing: string) => {
    const names = Array.from({ length: count }, (_, at) => `a_function_with_a_long_name_${at}`);
    const all = (each: (name: string) => string, of = names) => of.map(each).join('\n');
    const source = (file: string, text: string) => writeFile(join(folder, file), text);
    return Promise.all([
      source(
        'many.c',
        all((name) => `int ${name}(void) { return 0; }`),
      ),
      source(
        'fewer.c',
        all(
          (name) => `int ${name}(void) { return 0; }`,
          names.filter((name) => name !== missing),
        ),
      ),
      source('run.c', `${all((name) => `int ${name}(void);`)}\nint main() { ${all((name) => `${name}();`)} }`),
    ]).then(() => {
      const compile = (...args: string[]) => execFileSync('gcc', args, { cwd: folder });
      compile('-shared', '-fPIC', '-Wl,-soname,libmany.so', '-o', 'libmany.so', 'many.c');
      compile('-shared', '-fPIC', '-Wl,-soname,libmany.so', '-o', 'libfewer.so', 'fewer.c');
      compile('-Wl,-z,now', '-o', 'run', 'run.c', '-L.', '-lmany');
    });
  };
  const ask = async (folder: string, library: string) => {
    const file = async (name: string, from: string) => ({ name, content: await readFile(from), mode: 0o755 });
    const loader = 'ld-linux-x86-64.so.2';
    const image = await open([
      await layerOf([
        await file('run', join(folder, 'run')),
        await file('lib/x86_64-linux-gnu/libmany.so', join(folder, library)),
        await file('lib/x86_64-linux-gnu/libc.so.6', `${LIBRARIES}/libc.so.6`),
        await file(`lib64/${loader}`, `/lib64/${loader}`),
      ]),
    ]);
    return { image, outcome: await runOverRemote(image.files, execve(REQUEST, HOST)) };
  };

  it('is judged by one pass over its layer, symbols and all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'execfmt-many-'));
    try {
      await build(folder, 5000, 'a_function_with_a_long_name_4321');
      const { image, outcome } = await ask(folder, 'libmany.so');
      expect(outcome).toMatchObject({ outcome: 'runs' });
      expect(fetched()).toHaveLength(1);
      expect(image.verified()).toBe(true);
      const lacking = await ask(folder, 'libfewer.so');
      expect(lacking.outcome).toMatchObject({ outcome: 'loader', because: expect.stringContaining('_4321') });
      expect(fetched()).toHaveLength(1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
