import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuiltImage } from '../../adapters/practice/oci-image.ts';
import { createLocalImages } from '../../adapters/registry/oci/local/local-images.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { FileTransport } from '../../src/image/image-name.ts';
import { answerOf, ProbeError } from '../../src/playbook/answer.ts';
import {
  type ContractImages,
  imageSourceContract,
  type SourceUnderContract,
} from '../contracts/image-source-contract.ts';
import { dockerArchive } from '../lab/docker-archive.ts';
import { writeImageLayout } from '../lab/image-layout.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { layerOf, sha256, type TarFile, tarOf } from '../servers/registry/build-image.ts';
import { expectFailure, expectKnown, never } from './open-source.ts';

const run = promisify(execFile);
const open = (kind: FileTransport, path: string) => createLocalImages({ kind, path, clock: systemClock });

/** A source in a scratch folder; `write` fills the folder and gives the path within it. */
async function sourceIn(
  kind: FileTransport,
  names: Pick<SourceUnderContract, 'single' | 'many' | 'missing' | 'tags'>,
  write: (folder: string) => Promise<string>,
): Promise<SourceUnderContract> {
  const folder = createScratchFolder('local');
  const source = open(kind, await write(folder));
  const close = async () => {
    await source.close();
    removeLabFolder(folder);
  };
  return { ...names, images: source.images, close };
}

const MANY = { indexes: true, layers: true };
const ONE = { indexes: false, layers: true };
const LAYOUT = { single: 'single', many: 'many', missing: 'missing', tags: { of: '', have: ['single', 'many'] } };

async function layoutArchive(folder: string, { single, many }: ContractImages): Promise<string> {
  const layout = join(folder, 'layout');
  await writeImageLayout(layout, { single, many });
  await run('tar', ['-C', layout, '-cf', join(folder, 'image.tar'), '.']);
  return join(folder, 'image.tar');
}

describe('an OCI layout in a folder', () =>
  imageSourceContract(MANY, ({ single, many }) =>
    sourceIn('oci', LAYOUT, async (folder) => {
      await writeImageLayout(folder, { single, many });
      return folder;
    }),
  ));

describe('an OCI layout in an archive', () =>
  imageSourceContract(MANY, (images) => sourceIn('oci-archive', LAYOUT, (folder) => layoutArchive(folder, images))));

describe('an OCI layout in a gzipped archive', () =>
  imageSourceContract(MANY, (images) =>
    sourceIn('oci-archive', LAYOUT, async (folder) => {
      const path = await layoutArchive(folder, images);
      await run('gzip', [path]);
      return `${path}.gz`;
    }),
  ));

describe('an archive of docker save', () =>
  imageSourceContract(ONE, ({ single, many }) => {
    const names = { single: 'team/render:single', many: '', missing: 'team/render:missing' };
    const tags = { of: '', have: ['team/render:single', 'team/render:arm'] };
    return sourceIn('docker-archive', { ...names, tags }, async (folder) => {
      const saved = await dockerArchive({ 'team/render:single': single, 'team/render:arm': many[1]! });
      await writeFile(join(folder, 'saved.tar'), saved);
      return join(folder, 'saved.tar');
    });
  }));

describe('an archive of docker save of engines from 25 on, an OCI layout with a manifest.json', () =>
  imageSourceContract(ONE, ({ single, many }) => {
    const names = { single: 'team/render:single', many: '', missing: 'team/render:missing' };
    const tags = { of: '', have: ['team/render:single'] };
    return sourceIn('docker-archive', { ...names, tags }, async (folder) => {
      const path = (digest: string) => `blobs/sha256/${digest.slice(7)}`;
      const layout = join(folder, 'layout');
      await writeImageLayout(layout, { single, arm: many[1]! });
      const saved = [single, many[1]!].map(({ config, layers }, at) => ({
        Config: path(config.digest),
        RepoTags: [`team/render:${at === 0 ? 'single' : 'arm'}`],
        Layers: layers.map(({ digest }) => path(digest)),
      }));
      await writeFile(join(layout, 'manifest.json'), JSON.stringify(saved));
      await run('tar', ['-C', layout, '-cf', join(folder, 'saved.tar'), 'manifest.json', 'index.json', 'blobs']);
      return join(folder, 'saved.tar');
    });
  }));

describe('a folder of skopeo’s dir:', () =>
  imageSourceContract(ONE, ({ single }) =>
    sourceIn(
      'dir',
      { single: '', many: '', missing: `@sha256:${'0'.repeat(64)}`, tags: { of: '', have: [] } },
      async (folder) => {
        await writeFile(join(folder, 'manifest.json'), single.manifest.content);
        for (const { digest, content } of [single.config, ...single.layers])
          await writeFile(join(folder, digest.replace('sha256:', '')), content);
        return folder;
      },
    ),
  ));

describe('files on this machine', () => {
  let folder: string;
  let image: BuiltImage;
  beforeAll(async () => {
    folder = createScratchFolder('local');
    image = await smallImage();
  });
  afterAll(() => removeLabFolder(folder));

  const failureOf = async (kind: FileTransport, path: string, reference = '') => {
    const source = open(kind, path);
    const why = expectFailure(await source.images.resolve(reference, never));
    await source.close();
    return why;
  };
  const put = async (name: string, content: Uint8Array) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  it('are told when they are missing, are no archive, cut off or a bomb', async () => {
    expect(await failureOf('docker-archive', join(folder, 'nothing'))).toMatchObject({ code: 'not-found' });
    expect(await failureOf('oci', join(folder, 'nothing'))).toMatchObject({ code: 'not-found' });
    expect(await failureOf('docker-archive', folder)).toMatchObject({ code: 'invalid' });
    expect(await failureOf('docker-archive', await put('text', Buffer.alloc(2000, 'text')))).toMatchObject({
      code: 'invalid',
    });
    const saved = await dockerArchive({ 'x:1': image });
    expect(await failureOf('docker-archive', await put('cut', saved.subarray(0, 1500)))).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('cut off'),
    });
    expect(await failureOf('docker-archive', await put('half.gz', gzipSync(saved).subarray(0, 300)))).toMatchObject({
      code: 'invalid',
    });
    const bomb = zstdCompressSync(Buffer.alloc(100 * 1024 * 1024));
    expect(await failureOf('docker-archive', await put('bomb', bomb))).toMatchObject({ code: 'too-large' });
    expect(await failureOf('docker-archive', await put('x.xz', Buffer.from('fd377a585a00', 'hex')))).toMatchObject({
      code: 'unsupported',
    });
  });

  it('may come through a pipe, once', async () => {
    const pipe = join(folder, 'pipe');
    await run('mkfifo', [pipe]);
    const source = open('docker-archive', pipe);
    const writing = writeFile(pipe, await dockerArchive({ 'x:1': image }));
    const opened = expectKnown(await source.images.open('', image.platform, never));
    expect(await opened.files.lstat('/app/render')).toMatchObject({ size: 6 });
    await writing;
    await source.close();
  });

  it('may hold several images, of which one has to be named', async () => {
    const other = await smallImage('arm64');
    const path = await put('two.tar', await dockerArchive({ 'x:1': image, 'y:2': other }));
    const why = await failureOf('docker-archive', path);
    expect(why).toMatchObject({ code: 'conflict', message: expect.stringContaining('x:1, y:2') });
    const layout = createScratchFolder('local');
    await writeImageLayout(layout, { v1: image, v2: other });
    expect(await failureOf('oci', layout)).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('v1, v2'),
    });
    removeLabFolder(layout);
  });

  it('take the platforms that stand in index.json itself for one index', async () => {
    const layout = createScratchFolder('local');
    const [amd64, arm64] = [image, await smallImage('arm64')];
    await writeImageLayout(layout, { v1: amd64, v2: arm64 });
    const manifests = [amd64, arm64].map(({ manifest, platform: { os, architecture } }) => {
      const { mediaType, digest } = manifest;
      return { mediaType, digest, size: manifest.content.length, platform: { os, architecture } };
    });
    await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    const source = open('oci', layout);
    const found = expectKnown(await source.images.resolve('', never));
    expect(found).toMatchObject({ kind: 'index', entries: [{ digest: amd64.digest }, { digest: arm64.digest }] });
    removeLabFolder(layout);
  });

  it('find an image by any spelling of the name that containerd writes', async () => {
    const layout = createScratchFolder('local');
    await writeImageLayout(layout, { v1: image });
    const root = { mediaType: image.manifest.mediaType, digest: image.digest, size: image.manifest.content.length };
    const annotations = {
      'io.containerd.image.name': 'docker.io/library/x:v1',
      'org.opencontainers.image.ref.name': 'v1',
    };
    await writeFile(join(layout, 'index.json'), JSON.stringify({ manifests: [{ ...root, annotations }] }));
    const source = open('oci', layout);
    for (const name of ['', 'v1', 'x:v1', 'docker.io/library/x:v1']) {
      expect(expectKnown(await source.images.resolve(name, never)).digest).toBe(image.digest);
    }
    expect(expectFailure(await source.images.resolve('x:v2', never)).message).toContain('docker.io/library/x:v1');
    removeLabFolder(layout);
  });

  it('are checked against their digests', async () => {
    const layout = createScratchFolder('local');
    await writeImageLayout(layout, { v1: image });
    await writeFile(join(layout, 'blobs/sha256', image.config.digest.slice(7)), '{}');
    expect(await failureOf('oci', layout, 'v1')).toMatchObject({ code: 'invalid' });
    await writeImageLayout(layout, { v1: image });
    const damaged = (await layerOf([{ name: 'app/render', content: 'other' }])).bytes;
    await writeFile(join(layout, 'blobs/sha256', image.layers[0]!.digest.slice(7)), damaged);
    const opened = expectKnown(await open('oci', layout).images.open('v1', image.platform, never));
    await expect(opened.files.lstat('/app/render')).rejects.toMatchObject({ why: { code: 'invalid' } });
    removeLabFolder(layout);
  });

  /** An archive of docker save whose one layer is at `path`, with further entries. */
  const savedAt = async (name: string, path: string, entries: (layer: Buffer) => readonly TarFile[]) => {
    const layer = await tarOf([{ name: 'app/render', content: 'binary', mode: 0o755 }]);
    const rootfs = { type: 'layers', diff_ids: [sha256(layer)] };
    const config = { os: 'linux', architecture: 'amd64', config: { Cmd: ['/app/render'] }, rootfs };
    const manifest = [{ Config: 'config.json', RepoTags: null, Layers: [path] }];
    const files = [
      ...entries(layer),
      { name: './config.json', content: JSON.stringify(config) },
      { name: './manifest.json', content: JSON.stringify(manifest) },
    ];
    return put(name, await tarOf(files));
  };

  it.each([
    ['a prefix', `${'d'.repeat(90)}/${'e'.repeat(90)}/layer.tar`],
    ['an extended header', `${'d'.repeat(150)}/${'e'.repeat(150)}/layer.tar`],
  ])('are found by long names with %s', async (how, long) => {
    const path = await savedAt(`${how}.tar`, long, (layer) => [{ name: `./${long}`, content: layer }]);
    await expectRender(path);
  });

  it.each([
    ['symlink', '../earlier/layer.tar'],
    ['link', 'earlier/layer.tar'],
  ] as const)('are found where a layer is a %s to an earlier one', async (type, linkname) => {
    const path = await savedAt(`${type}.tar`, 'later/layer.tar', (layer) => [
      { name: 'earlier/layer.tar', content: layer },
      { name: 'later/layer.tar', type, linkname },
    ]);
    await expectRender(path);
  });

  it.each([
    ['nowhere', '../nothing', 'not-found'],
    ['to itself', 'layer.tar', 'not-found'],
    ['out of the archive', '../../etc/passwd', 'invalid'],
  ])('are told of when a link leads %s', async (how, linkname, code) => {
    const entry: TarFile = { name: 'later/layer.tar', type: 'symlink', linkname };
    const source = open('docker-archive', await savedAt(`${how}.tar`, 'later/layer.tar', () => [entry]));
    const read = async () => {
      const opened = await source.images.open('', image.platform, never);
      if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
      await opened.value.files.lstat('/app');
    };
    await expect(read()).rejects.toMatchObject({ why: { code } });
    await source.close();
  });

  it('may be damaged in any way: that is an answer, never a crash', async () => {
    const whole = await dockerArchive({ 'x:1': image });
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(damage, fc.integer({ min: 1, max: whole.length }), async (bytes, length) => {
        const damaged = Buffer.from(whole);
        for (const [at, value] of bytes) damaged[at] = value;
        const source = open('docker-archive', await put('damaged.tar', damaged.subarray(0, length)));
        const opened = await source.images.open('', image.platform, never);
        const files = opened.kind === 'known' ? opened.value.files : null;
        const seen = await answerOf(async () => (await files?.lstat('/app/render')) ?? null);
        expect(['known', 'probe-failed']).toContain(seen.kind);
        await source.close();
      }),
      { numRuns: 150 },
    );
  });

  const expectRender = async (path: string) => {
    const source = open('docker-archive', path);
    const opened = expectKnown(await source.images.open('', image.platform, never));
    expect(await opened.files.lstat('/app/render')).toMatchObject({ size: 6 });
    await source.close();
  };
});

async function smallImage(architecture = 'amd64'): Promise<BuiltImage> {
  const { buildImage } = await import('../../adapters/practice/oci-image.ts');
  return buildImage({
    platform: { os: 'linux', architecture, variant: null },
    layers: [[{ path: '/app/render', mode: 0o755, content: Buffer.from('binary') }]],
    config: { entrypoint: ['/app/render'] },
    createdAt: '2026-01-02T03:04:05Z',
  });
}
