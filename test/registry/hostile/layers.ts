import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Answer, answerOf } from '../../../src/playbook/answer.ts';
import { estargzOf } from '../../servers/registry/build-estargz.ts';
import {
  describe,
  layerOf,
  manifestOf,
  type Stored,
  sha256,
  stored,
  tarOf,
} from '../../servers/registry/build-image.ts';
import { paxRecord, TAR_END, tarContent, tarHeader } from '../../servers/registry/tar-blocks.ts';
import { AMD64, flood, type HostileCase, type HostileCases, reference, type Stage, trickle } from './hostile-case.ts';

type Layers = readonly (Stored | Promise<Stored>)[];
interface Play {
  readonly size?: null;
  /** Of the descriptor of the uppermost layer, in place of its true one. */
  readonly descriptor?: object;
  readonly path?: string;
  readonly read?: readonly [offset: number, length: number];
}

const TAR = 'application/vnd.oci.image.layer.v1.tar';
const MIB = 1024 ** 2;
const zstdOfZeros = zstdCompressSync(Buffer.alloc(16 * MIB));
const tar = (...parts: Buffer[]) => stored(Buffer.concat(parts), TAR);
const file = (name = 'a') => layerOf([{ name, content: 'x', mode: 0o755 }]);
/** Members of 64 MiB each. */
const gzipOfZeros = (times: number) => {
  const member = gzipSync(Buffer.alloc(64 * MIB));
  return Buffer.concat(Array.from({ length: times }, () => member));
};

/** Puts an image of these layers in place of `x:v1`, opens it and looks a path up, or reads some of it. */
async function play({ registry, source, ...stage }: Stage, layers: Layers, play: Play = {}): Promise<Answer<unknown>> {
  const built = await Promise.all(layers);
  for (const blob of built) registry.putBlob(blob);
  const [config] = stage.image.blobs;
  const descriptors = built.map((layer, at) => ({
    ...describe(layer),
    ...(at === built.length - 1 && play.descriptor),
  }));
  registry.putManifest('x', manifestOf({ config: describe(config!), layers: descriptors }), 'v1');
  const path = play.path ?? '/a';
  return answerOf(async () => {
    const opened = await source.open(reference({ registry, source, ...stage }), AMD64, stage.signal);
    if (opened.kind !== 'known') throw new Error(opened.why.message);
    const { files } = opened.value;
    return play.read ? Buffer.from(await files.read(path, ...play.read)).toString('latin1') : files.lstat(path);
  });
}

const nothing = () => undefined;
function layerCase(
  does: string,
  layers: () => Layers,
  result: HostileCase['result'],
  more: Play & { set?: HostileCase['set'] } = {},
): HostileCase {
  return { does, set: more.set ?? nothing, ask: (stage) => play(stage, layers(), more), result };
}

/** Answers requests for the uppermost layer’s bytes. */
const sends =
  (bytes: (whole: Buffer) => Buffer): HostileCase['set'] =>
  ({ registry }) => {
    const putBlob = registry.putBlob.bind(registry);
    registry.putBlob = (blob) => putBlob({ ...blob, bytes: bytes(blob.bytes) });
  };
const invalid = (says: string) => ({ code: 'invalid', says }) as const;
const tooLarge = (says: string) => ({ code: 'too-large', says }) as const;
const isFile = (known: string): HostileCase['result'] => ({
  known,
  holds: (value) => (value as { kind?: string })?.kind === 'file',
});
const isNothing = (known: string): HostileCase['result'] => ({ known, holds: (value) => value === null });
const NOT_ITS_BYTES = 'its bytes are not the ones its digest stands for';
const OFFSET = Buffer.alloc(12, 0xff);

/** Blobs that come other than they were pushed. */
const transfers: readonly HostileCase[] = [
  layerCase('sends other bytes than the layer’s digest stands for', () => [file()], invalid(NOT_ITS_BYTES), {
    set: sends((whole) => Buffer.from(whole).fill(1, 4, 8)),
  }),
  layerCase('sends noise of the same length for a layer', () => [file()], invalid(NOT_ITS_BYTES), {
    set: sends((whole) => randomBytes(whole.length)),
  }),
  layerCase('sends less of a layer than there is', () => [file()], invalid(`${NOT_ITS_BYTES}: only`), {
    set: sends((whole) => whole.subarray(0, -9)),
  }),
  layerCase('sends more of a layer than there is', () => [file()], invalid(`${NOT_ITS_BYTES}: more came`), {
    set: sends((whole) => Buffer.concat([whole, Buffer.alloc(2 * MIB)])),
  }),
  {
    does: 'sends a layer without end whose size is not stated',
    set: nothing,
    ask: async (stage) => {
      const archive = await tarOf([{ name: 'a', content: 'x' }]);
      stage.registry.intercept = (_request, response, path) => {
        if (!path.endsWith(sha256(archive))) return false;
        response.write(archive);
        trickle(
          (bit) => response.write(Buffer.alloc(bit.length)),
          () => response.destroyed,
        );
        return true;
      };
      return play(stage, [stored(archive, TAR)], { descriptor: { size: undefined } });
    },
    result: { code: 'timeout', says: 'did not come in the time there was' },
  },
  {
    does: 'floods with a layer that is no archive, and whose size is not stated',
    set: nothing,
    ask: async (stage) => {
      const layer = await file();
      stage.registry.intercept = (_request, response, path) => {
        if (!path.endsWith(layer.digest)) return false;
        flood(response, ' ');
        return true;
      };
      return play(stage, [layer], { descriptor: { size: 4096 } });
    },
    result: invalid(`${NOT_ITS_BYTES}: more came`),
  },
];

/** Blobs that are what their digest stands for, and made to do harm. */
const bombs: readonly HostileCase[] = [
  layerCase(
    'has a layer of zstd that is a thousand times as large as what comes',
    () => [
      stored(
        Buffer.concat([
          zstdCompressSync(tarHeader({ name: 'a', size: 2 ** 32 })),
          ...Array.from({ length: 64 }, () => zstdOfZeros),
        ]),
        TAR,
      ),
    ],
    tooLarge('more than 1100 times its size'),
  ),
  layerCase(
    'has a layer of gzip that is a thousand times as large as what comes',
    () => [stored(Buffer.concat([gzipSync(tarHeader({ name: 'a', size: 2 ** 32 })), gzipOfZeros(20)]), TAR)],
    tooLarge('more than 250 times its size'),
  ),
  layerCase(
    'has a layer of zstd that wants a gigabyte of memory to be read',
    () => [stored(Buffer.from('28b52ffd00a0', 'hex'), TAR)],
    invalid('its compression is damaged'),
  ),
  layerCase(
    'has a file of 5 GB that is all holes',
    () => {
      const map = tarContent(Buffer.from('1\n5000000000\n0\n'));
      const records = [
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
        ['GNU.sparse.name', 'a'],
        ['GNU.sparse.realsize', '5000000000'],
      ] as const;
      const pax = Buffer.from(records.map(([key, value]) => paxRecord(key, value)).join(''));
      return [
        tar(
          tarHeader({ name: 'p', type: 'x', size: pax.length }),
          tarContent(pax),
          tarHeader({ name: 'a', size: map.length }),
          map,
          TAR_END,
        ),
      ];
    },
    { known: 'its bytes are zero', holds: (value) => value === '\0\0\0\0' },
    { read: [4_000_000_000, 4] },
  ),
  layerCase(
    'has a layer of 150,000 entries',
    () => [
      stored(
        gzipSync(
          Buffer.concat([Buffer.alloc(512 * 149_999, tarHeader({ name: 'a' })), tarHeader({ name: 'a' }), TAR_END]),
        ),
        TAR,
      ),
    ],
    isFile('the last entry of a name counts'),
  ),
  layerCase(
    'has a layer of more than 200,000 entries',
    () => [stored(gzipSync(Buffer.alloc(512 * 200_001, tarHeader({ name: 'a' }))), TAR)],
    tooLarge('more than 200000 entries'),
  ),
  layerCase(
    'has an extended header of 100 MB',
    () => [
      stored(
        gzipSync(Buffer.concat([tarHeader({ name: 'p', type: 'x', size: 100 * MIB }), Buffer.alloc(100 * MIB, 'a')])),
        TAR,
      ),
    ],
    tooLarge('extended header of more than 1 MiB'),
  ),
  layerCase(
    'has a long name of 2 MB',
    () => [tar(tarHeader({ name: 'p', type: 'L', size: 2 * MIB }), Buffer.alloc(2 * MIB, 'a'))],
    tooLarge('extended header of more than 1 MiB'),
  ),
  layerCase(
    'has global headers without end',
    () => {
      const header = (at: number) => {
        const pax = Buffer.from(Array.from({ length: 100 }, (_, key) => paxRecord(`k${at}-${key}`, 'v')).join(''));
        return [tarHeader({ name: 'g', type: 'g', size: pax.length }), tarContent(pax)];
      };
      return [tar(...Array.from({ length: 11 }, (_, at) => header(at)).flat(), tarHeader({ name: 'a' }), TAR_END)];
    },
    tooLarge('too many global headers'),
  ),
  layerCase(
    'has a path of 5,000 characters',
    () => [layerOf([{ name: 'a/'.repeat(2500) }])],
    invalid('a path longer than 4096 characters'),
  ),
  layerCase(
    'has a negative size',
    () => [tar(tarHeader({ name: 'a', sizeField: OFFSET }), TAR_END)],
    invalid('a number that cannot be'),
  ),
  layerCase(
    'has a size of 9 exabytes',
    () => [tar(tarHeader({ name: 'a', sizeField: Buffer.from('80000000007fffffffffffff', 'hex') }), TAR_END)],
    invalid('a number that cannot be'),
  ),
];

/** Archives that lead out of themselves, or round in circles. */
const paths: readonly HostileCase[] = [
  layerCase(
    'has an entry that leads out of the image',
    () => [layerOf([{ name: '../../etc/passwd' }])],
    invalid('leads out of the image'),
  ),
  layerCase(
    'has a hard link that leads out of the image',
    () => [layerOf([{ name: 'a', type: 'link', linkname: '../../etc/passwd' }])],
    invalid('leads out of the image'),
  ),
  layerCase(
    'has an absolute link and an entry below it',
    () => [
      layerOf([
        { name: 'etc', type: 'symlink', linkname: '/../../tmp' },
        { name: 'tmp', type: 'directory' },
        { name: 'etc/a', content: 'x' },
      ]),
    ],
    isFile('the link leads to the image’s own /tmp'),
    { path: '/tmp/a' },
  ),
  layerCase(
    'has links in a circle and an entry below them',
    () => [
      layerOf([
        { name: 'a', type: 'symlink', linkname: 'b' },
        { name: 'b', type: 'symlink', linkname: 'a' },
        { name: 'a/x', content: 'x' },
      ]),
    ],
    invalid('lies below something that is no directory'),
  ),
  layerCase(
    'has hard links in a circle',
    () => [
      layerOf([
        { name: 'a', type: 'link', linkname: 'b' },
        { name: 'b', type: 'link', linkname: 'a' },
      ]),
    ],
    isNothing('there is no such file'),
  ),
  layerCase(
    'has hard links in a circle over two layers',
    () => [
      layerOf([{ name: 'b', type: 'link', linkname: 'a' }]),
      layerOf([{ name: 'a', type: 'link', linkname: 'b' }]),
    ],
    isNothing('there is no such file'),
  ),
  layerCase('has an absolute name', () => [layerOf([{ name: '/a', content: 'x' }])], isFile('it lies in the image')),
  layerCase(
    'has a name with a NUL in it',
    () => {
      const pax = Buffer.from(paxRecord('path', 'a\0b'));
      return [
        tar(tarHeader({ name: 'p', type: 'x', size: pax.length }), tarContent(pax), tarHeader({ name: 'a' }), TAR_END),
      ];
    },
    invalid('a name with a NUL in it'),
  ),
  layerCase(
    'has another archive after the end of the first',
    () => [tar(tarHeader({ name: 'a' }), Buffer.alloc(512), tarHeader({ name: 'a', type: '5' }), TAR_END)],
    invalid('goes on after its end'),
  ),
];

const large = { name: 'filler', content: randomBytes(600_000) };
const program = { name: 'a', content: '#!/bin/sh\n', mode: 0o755 };
const readsTheScript: HostileCase['result'] = {
  known: 'the layer is read as a whole',
  holds: (value) => value === '#!/bin',
};
const lazy = (does: string, layer: () => Promise<Stored>, set: HostileCase['set'] = nothing) =>
  layerCase(does, () => [layer()], readsTheScript, { read: [0, 6], set });

/** Tables of contents that are not true. */
const tables: readonly HostileCase[] = [
  lazy('has a table of contents of another digest', async () => ({
    ...(await estargzOf([large, program])),
    annotations: { 'containerd.io/snapshot/stargz/toc.digest': sha256(Buffer.from('x')) },
  })),
  lazy('has a table of contents that is 100 MB large', () =>
    estargzOf([large, program], { json: (json) => json + ' '.repeat(100 * MIB) }),
  ),
  lazy('has a table of contents that lies behind the blob’s end', () =>
    estargzOf([large, program], { tocAt: () => 2 ** 50 }),
  ),
  lazy('has a table of contents that begins with the blob itself', () =>
    estargzOf([large, program], { tocAt: () => 0 }),
  ),
  lazy('has a table of contents with offsets behind the blob’s end', () =>
    estargzOf([large, program], { lines: (lines) => lines.map((line) => ({ ...line, offset: 2 ** 50 })) }),
  ),
  lazy('has a table of contents with one place for all files', () =>
    estargzOf([large, program], { lines: (lines) => lines.map((line) => ({ ...line, offset: 0 })) }),
  ),
  lazy('has a table of contents with files that are larger than they are', () =>
    estargzOf([large, program], { lines: (lines) => lines.map((line) => ({ ...line, size: 2 ** 50 })) }),
  ),
  lazy(
    'has a table of contents and serves no ranges',
    () => estargzOf([large, program]),
    ({ registry }) => {
      registry.intercept = ({ headers }) => {
        delete headers.range;
        return false;
      };
    },
  ),
  lazy(
    'has a table of contents and serves other ranges than were asked for',
    () => estargzOf([large, program]),
    ({ registry }) => {
      registry.intercept = ({ headers }) => {
        if (headers.range !== undefined) headers.range = 'bytes=0-99';
        return false;
      };
    },
  ),
];

/** What layers hold. Those that no image can be made of are told by name; the others are read as a runtime reads them. */
export const layers: HostileCases = { about: 'Layers', cases: [...transfers, ...bombs, ...paths, ...tables] };
