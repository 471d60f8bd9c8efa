import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuiltImage, imageOf, indexOf, layerOf } from '../servers/registry/build-image.ts';
import { fail, startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectFailure, expectKnown, never, sourceFor } from './open-source.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
let registry: TestRegistry;
let image: BuiltImage;
beforeEach(async () => {
  registry = await startRegistry();
  image = imageOf('linux/amd64', [await layerOf([{ name: 'a', content: 'x' }])]);
  registry.push('x', image, 'v1');
  registry.putManifest('x', indexOf([[image.manifest, { platform: { os: 'linux', architecture: 'amd64' } }]]), 'many');
});
afterEach(() => registry.stop());

const requests = () => registry.seen.splice(0).map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);

describe('what is known by its digest', () => {
  it('is asked for once: a second look at a tag is one HEAD', async () => {
    const source = sourceFor(registry.host);
    const first = expectKnown(await source.resolve(`${registry.host}/x:v1`, never));
    expect(requests()).toEqual(['GET v1', `GET ${image.blobs[0]!.digest}`]);
    expect(expectKnown(await source.resolve(`${registry.host}/x:v1`, never))).toEqual(first);
    expect(requests()).toEqual(['HEAD v1']);
  });

  it('is asked for over the connections that are there', async () => {
    const sockets = new Set<unknown>();
    registry.intercept = ({ socket }) => !sockets.add(socket);
    const source = sourceFor(registry.host);
    for (let turn = 0; turn < 12; turn++) expectKnown(await source.resolve(`${registry.host}/x:v1`, never));
    expect(requests().filter((each) => each === 'HEAD v1')).toHaveLength(11);
    // One may still be busy with the end of an answer when the next question comes.
    expect(sockets.size).toBeLessThan(4);
  });

  it('serves opening too', async () => {
    const source = sourceFor(registry.host);
    expectKnown(await source.open(`${registry.host}/x:many`, AMD64, never));
    requests();
    expect(expectKnown(await source.open(`${registry.host}/x:many`, AMD64, never)).digest).toBe(image.manifest.digest);
    expect(requests()).toEqual(['HEAD many']);
  });

  it('is not taken for the tag when the tag moved', async () => {
    const source = sourceFor(registry.host);
    expectKnown(await source.resolve(`${registry.host}/x:v1`, never));
    const next = imageOf('linux/arm64', []);
    registry.push('x', next, 'v1');
    expect(expectKnown(await source.resolve(`${registry.host}/x:v1`, never)).digest).toBe(next.manifest.digest);
  });

  it('is still asked for by name, so that nothing is shown that was deleted or is no longer ours to see', async () => {
    const source = sourceFor(registry.host);
    const reference = `${registry.host}/x@${image.manifest.digest}`;
    expectKnown(await source.resolve(reference, never));
    registry.intercept = (_request, response) => {
      fail(response, 403, 'DENIED');
      return true;
    };
    expect(expectFailure(await source.resolve(reference, never)).code).toBe('denied');
  });

  it.each([
    [405, {}],
    [404, {}],
    [200, {}],
    [200, { 'docker-content-digest': 'nonsense' }],
  ])('does without HEAD where a server answers it by %i', async (status, headers) => {
    const source = sourceFor(registry.host);
    expectKnown(await source.resolve(`${registry.host}/x:v1`, never));
    registry.intercept = (request, response) => {
      if (request.method !== 'HEAD') return false;
      response.writeHead(status, headers).end();
      return true;
    };
    expect(expectKnown(await source.resolve(`${registry.host}/x:v1`, never)).digest).toBe(image.manifest.digest);
  });

  it('is kept for its own repository alone', async () => {
    const source = sourceFor(registry.host);
    expectKnown(await source.resolve(`${registry.host}/x:v1`, never));
    const why = expectFailure(await source.resolve(`${registry.host}/other@${image.manifest.digest}`, never));
    expect(why.code).toBe('not-found');
  });

  it('is not kept for other logins', async () => {
    const source = sourceFor(registry.host);
    expectKnown(await source.resolve(`${registry.host}/x:v1`, never));
    requests();
    expectKnown(await source.withLogins([]).resolve(`${registry.host}/x:v1`, never));
    expect(requests()[0]).toBe('GET v1');
  });
});
