import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltImage, buildImage, type ImageFile } from '../../adapters/practice/oci-image.ts';
import { atDigest } from '../../src/image/image-name.ts';
import { formatPlatform, type Platform } from '../../src/image/platform.ts';
import type { ImageSource, OpenedImage } from '../../src/ports/image-source.ts';
import { expectFailure, expectKnown, never } from '../registry/open-source.ts';

/** What every source under contract is filled with. */
export interface ContractImages {
  /** One platform's image, named `single`. */
  readonly single: BuiltImage;
  /** The entries of an index, named `many`, which has an attestation too where the place can hold one. */
  readonly many: readonly BuiltImage[];
}

/** A source that holds the contract's images. */
export interface SourceUnderContract {
  readonly images: ImageSource;
  readonly single: string;
  /** Empty for a place that knows no indexes. */
  readonly many: string;
  /** A reference of that place which is not there. */
  readonly missing: string;
  /** A repository and the tags that it must have at least. */
  readonly tags: { readonly of: string; readonly have: readonly string[] };
  close(): Promise<void>;
}

/** What a place can hold and tell. */
export interface SourceAbilities {
  readonly indexes: boolean;
  /** Whether it tells files by layer. */
  readonly layers: boolean;
}

const SECRET = 'hunter2-in-the-environment';
const AMD64: Platform = { os: 'linux', architecture: 'amd64', variant: null };
const ARM64: Platform = { os: 'linux', architecture: 'arm64', variant: null };
const S390X: Platform = { os: 'linux', architecture: 's390x', variant: null };

/** Larger than any head that a source keeps, and of no repeating bytes. */
const LARGE = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));

const base: readonly ImageFile[] = [
  { path: '/app', mode: 0o755, directory: true },
  { path: '/app/render', mode: 0o755, content: Buffer.from('old') },
  { path: '/app/gone', mode: 0o644, content: Buffer.from('gone') },
  { path: '/large', mode: 0o644, content: LARGE },
  { path: '/bin', link: 'app' },
];
const top: readonly ImageFile[] = [
  { path: '/app', mode: 0o755, directory: true },
  { path: '/app/render', mode: 0o750, uid: 7, gid: 8, content: Buffer.from('binary') },
  { path: '/app/.wh.gone', mode: 0o644, content: Buffer.alloc(0) },
];

function contractImage(platform: Platform): Promise<BuiltImage> {
  const env = [`TOKEN=${SECRET}`, 'PATH=/bin:/app'];
  return buildImage({
    platform,
    layers: [base, top, [{ path: `/for-${platform.architecture}`, mode: 0o644, content: Buffer.from('x') }]],
    config: { entrypoint: ['/app/render'], cmd: ['--serve'], env, workingDir: '/app', user: '7', labels: { is: 'it' } },
    createdAt: '2026-01-02T03:04:05Z',
  });
}

/** What every image source has to do. `make` fills one; call it within a suite. */
export function imageSourceContract(
  can: SourceAbilities,
  make: (images: ContractImages) => Promise<SourceUnderContract>,
): void {
  let source: SourceUnderContract;
  beforeAll(async () => {
    const many = await Promise.all([AMD64, ARM64].map(contractImage));
    source = await make({ single: await contractImage(AMD64), many });
  });
  afterAll(() => source?.close());
  describe('resolve', () => resolveContract(() => source));
  describe('open', () => openContract(() => source, can));
  if (can.indexes) describe('an index', () => indexContract(() => source));
  describe('tags', () => {
    it('are those of the place', async () => {
      expect(expectKnown(await source.images.tags(source.tags.of, never))).toEqual(
        expect.arrayContaining([...source.tags.have]),
      );
    });
  });
}

function resolveContract(source: () => SourceUnderContract): void {
  it('gives a single image with its own platform', async () => {
    const { images, single } = source();
    const found = expectKnown(await images.resolve(single, never));
    expect(found).toMatchObject({ kind: 'manifest', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(found.entries).toEqual([{ platform: AMD64, digest: found.digest }]);
  });

  it('answers what is not there with why', async () => {
    const why = expectFailure(await source().images.resolve(source().missing, never));
    expect(why).toMatchObject({ code: 'not-found', target: expect.stringMatching(/./) });
    expect(why.message).toMatch(/[.?]$/);
  });

  it('ends when it is given up', async () => {
    expectFailure(await source().images.resolve(source().single, AbortSignal.abort()));
  });
}

function openContract(source: () => SourceUnderContract, can: SourceAbilities): void {
  const openSingle = async () => expectKnown(await source().images.open(source().single, AMD64, never));

  it('gives the configuration, and of the environment only PATH', async () => {
    const { config } = await openSingle();
    expect(config).toMatchObject({ platform: AMD64, entrypoint: ['/app/render'], cmd: ['--serve'], path: '/bin:/app' });
    expect(config).toMatchObject({ workingDir: '/app', user: '7', labels: { is: 'it' } });
    expect(JSON.stringify(await openSingle())).not.toContain(SECRET);
  });

  it('gives the files as a container sees them', async () => {
    const { files } = await openSingle();
    expect(await files.lstat('/app/render')).toMatchObject({ kind: 'file', mode: 0o750, uid: 7, gid: 8, size: 6 });
    expect(await files.lstat('/bin')).toMatchObject({ kind: 'symlink', target: 'app', size: 3 });
    expect(await files.lstat('/app')).toMatchObject({ kind: 'directory', mode: 0o755 });
    expect(await files.lstat('/app/gone')).toBeNull();
    expect(await files.lstat('/app/render/below')).toBeNull();
  });

  it('gives bytes at any offset, and none beyond the end', async () => {
    const { files } = await openSingle();
    expect(Buffer.from(await files.read('/app/render', 1, 3)).toString()).toBe('ina');
    expect(await files.read('/app/render', 6, 10)).toHaveLength(0);
    for (const [offset, length] of [
      [0, 4096],
      [150_000, 1000],
      [199_990, 100],
    ] as const) {
      expect(
        Buffer.from(await files.read('/large', offset, length)).equals(LARGE.subarray(offset, offset + length)),
      ).toBe(true);
    }
  });

  it('opens a single image whatever platform is asked for', async () => {
    const opened = expectKnown(await source().images.open(source().single, S390X, never));
    expect(opened.config.platform).toEqual(AMD64);
  });

  it('opens again by the digest that it told', async () => {
    const { images, single } = source();
    const { digest } = expectKnown(await images.resolve(single, never));
    const again = expectKnown(await images.open(atDigest(single, digest), AMD64, never));
    expect(again.digest).toBe((await openSingle()).digest);
  });

  it('tells which layer a file is of', async () => {
    const opened = await openSingle();
    expect(opened.layers).toHaveLength(3);
    expect(opened.byLayer !== undefined).toBe(can.layers);
    if (opened.byLayer) await expectByLayer(opened, opened.byLayer);
  });
}

function indexContract(source: () => SourceUnderContract): void {
  it('gives an index’s platforms in its order, attestations left out', async () => {
    const { images, many } = source();
    const found = expectKnown(await images.resolve(many, never));
    expect(found.kind).toBe('index');
    expect(found.entries.map(({ platform }) => platform && formatPlatform(platform))).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
  });

  it('opens the fitting entry of an index, each by platform and by digest', async () => {
    const { images, many } = source();
    const { entries } = expectKnown(await images.resolve(many, never));
    for (const { platform, digest } of entries) {
      const byPlatform = expectKnown(await images.open(many, platform!, never));
      expect(byPlatform.digest).toBe(digest);
      expect(byPlatform.config.platform).toEqual(platform);
      expect(await byPlatform.files.lstat(`/for-${platform!.architecture}`)).toMatchObject({ kind: 'file' });
      expect(expectKnown(await images.open(atDigest(many, digest), S390X, never)).digest).toBe(digest);
    }
  });

  it('says which platforms there are when none fits', async () => {
    const { images, many } = source();
    const why = expectFailure(await images.open(many, S390X, never));
    expect(why).toMatchObject({ code: 'not-found' });
    expect(why.message).toMatch(/linux\/s390x.*linux\/amd64, linux\/arm64/);
  });
}

async function expectByLayer({ layers }: OpenedImage, byLayer: NonNullable<OpenedImage['byLayer']>): Promise<void> {
  expect(await byLayer.layerOf('/app/render')).toBe(layers[1]);
  expect(await byLayer.layerOf('/large')).toBe(layers[0]);
  expect(await byLayer.layerOf('/app')).toBeNull();
  expect(await byLayer.layerOf('/app/gone')).toBeNull();
  expect(await byLayer.programsIn(layers[0]!)).toEqual([]);
}
