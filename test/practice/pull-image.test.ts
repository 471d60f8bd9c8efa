import { afterEach, describe, expect, it } from 'vitest';
import { ImageStore } from '../../adapters/practice/engine/image-store.ts';
import { pullImage } from '../../adapters/practice/engine/pull-image.ts';
import { parseReference } from '../../adapters/practice/engine/reference.ts';
import { type LoopbackServer, listenOnLoopback } from '../../adapters/practice/listen-on-loopback.ts';
import { type Blob, type BuiltImage, buildImage, buildIndex } from '../../adapters/practice/oci-image.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const ARM64 = { os: 'linux', architecture: 'arm64', variant: null };

const imageFor = (platform: typeof AMD64) =>
  buildImage({
    platform,
    layers: [[{ path: '/arch', mode: 0o644, content: Buffer.from(platform.architecture) }]],
    config: { cmd: ['/arch'] },
    createdAt: '2026-11-20T10:00:00Z',
  });

let server: LoopbackServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Serves what the images are made of, and `top` as the tag `latest`. */
async function publish(top: Blob, images: readonly BuiltImage[], spoil = ''): Promise<string> {
  const blobs = [top, ...images.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers])];
  const contents = new Map(blobs.map(({ digest, content }) => [digest, content]));
  contents.set('latest', top.content);
  server = await listenOnLoopback((request, response) => {
    const name = request.url?.split('/').at(-1) ?? '';
    const content = contents.get(name);
    response.writeHead(content ? 200 : 404);
    response.end(name === spoil ? Buffer.from('something else') : content);
  });
  return `${server.address}/app`;
}

async function pull(store: ImageStore, reference: string, platform = AMD64): Promise<string[]> {
  const statuses: string[] = [];
  for await (const { status } of pullImage(store, parseReference(reference), platform)) statuses.push(status);
  return statuses;
}

describe('pullImage', () => {
  it.each([AMD64, ARM64])('takes the entry of an index that fits %o', async (platform) => {
    const images = await Promise.all([imageFor(AMD64), imageFor(ARM64)]);
    const index = buildIndex(images);
    const repository = await publish(index, images);
    const store = new ImageStore();
    const statuses = await pull(store, repository, platform);
    const image = store.find(repository);
    expect(statuses.at(-2)).toBe(`Digest: ${index.digest}`);
    expect(image?.config.architecture).toBe(platform.architecture);
    expect(Buffer.from(image!.tree.read('/arch', 0, 9)).toString()).toBe(platform.architecture);
    expect([...image!.references]).toEqual([`${repository}:latest`, `${repository}@${index.digest}`]);
  });

  it('takes a single manifest whatever its platform, as Docker 20.10 does', async () => {
    const image = await imageFor(ARM64);
    const repository = await publish(image.manifest, [image]);
    const store = new ImageStore();
    await pull(store, `${repository}@${image.digest}`, AMD64);
    expect(store.find(`${repository}@${image.digest}`)?.config.architecture).toBe('arm64');
    expect(store.find(image.config.digest.slice(7, 19))?.id).toBe(image.config.digest);
  });

  it('says that an index lacks the platform', async () => {
    const image = await imageFor(ARM64);
    const repository = await publish(buildIndex([image]), [image]);
    await expect(pull(new ImageStore(), repository)).rejects.toThrow(
      'no matching manifest for linux/amd64 in the manifest list entries',
    );
  });

  it.each(['config', 'layer'] as const)('refuses a %s that is not what its digest says', async (part) => {
    const image = await imageFor(AMD64);
    const { digest } = part === 'config' ? image.config : image.layers[0]!;
    const repository = await publish(image.manifest, [image], digest);
    const store = new ImageStore();
    await expect(pull(store, repository)).rejects.toThrow(`verification failed for digest ${digest}`);
    expect(store.size).toBe(0);
  });

  it('refuses another document than the digest it was asked for', async () => {
    const image = await imageFor(AMD64);
    const repository = await publish(image.manifest, [image], image.digest);
    await expect(pull(new ImageStore(), `${repository}@${image.digest}`)).rejects.toThrow(
      'manifest verification failed',
    );
  });

  it('says that no registry answers', async () => {
    const image = await imageFor(AMD64);
    const repository = await publish(image.manifest, [image]);
    await server?.close();
    server = undefined;
    await expect(pull(new ImageStore(), repository)).rejects.toMatchObject({ status: 500 });
  });
});
