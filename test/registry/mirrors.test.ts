import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { type BuiltImage, imageOf, layerOf } from '../servers/registry/build-image.ts';
import { fail, startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectFailure, expectKnown, hurriedClock, keepingLog, never } from './open-source.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const LOGIN = { username: 'bot', password: 'secret' };
let origin: TestRegistry;
let mirror: TestRegistry;
let image: BuiltImage;
let stale: BuiltImage;

beforeEach(async () => {
  origin = await startRegistry({ auth: 'basic', ...LOGIN });
  mirror = await startRegistry();
  image = imageOf('linux/amd64', [await layerOf([{ name: 'a', content: 'hello' }])]);
  stale = imageOf('linux/arm64', [await layerOf([{ name: 'a', content: 'old' }])]);
  origin.push('x', image, 'v1');
});
afterEach(async () => {
  await origin.stop();
  await mirror.stop();
});

function source(mirrors: readonly string[] = [mirror.host], clock = systemClock, deadlines = {}) {
  const plain = Object.fromEntries([mirror.host, ...mirrors].map((host) => [host, { plainHttp: true }]));
  const registries = { ...plain, [origin.host]: { plainHttp: true, ...LOGIN, mirrors } };
  const log = keepingLog();
  return { log, ...createImageSource({ registries, dockerConfigPath: null, log, clock, deadlines }) };
}
const reference = () => `${origin.host}/x:v1`;

describe('a mirror', () => {
  it('is asked first, and it is said that it answered', async () => {
    mirror.push('x', stale, 'v1');
    const found = expectKnown(await source().resolve(reference(), never));
    expect(found).toMatchObject({ servedBy: mirror.host, digest: stale.manifest.digest, reference: reference() });
    expect(origin.seen).toEqual([]);
  });

  it('gives layers too', async () => {
    mirror.push('x', image, 'v1');
    const opened = expectKnown(await source().open(reference(), AMD64, never));
    expect(opened.servedBy).toBe(mirror.host);
    expect(Buffer.from(await opened.files.read('/a', 0, 5)).toString()).toBe('hello');
    expect(origin.seen).toEqual([]);
  });

  it('is never sent the login of the registry', async () => {
    mirror.push('x', image, 'v1');
    mirror.intercept = (request, response) => {
      if (request.headers.authorization) return false;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      return true;
    };
    expect(expectKnown(await source().resolve(reference(), never)).servedBy).toBe(origin.host);
    expect(mirror.seen.every(({ authorization }) => authorization === null)).toBe(true);
  });

  it('that has it not leaves it to the registry', async () => {
    const found = expectKnown(await source().resolve(reference(), never));
    expect(found).toMatchObject({ servedBy: origin.host, digest: image.manifest.digest });
    expect(mirror.seen.length).toBeGreaterThan(0);
  });

  it.each([
    ['is not well', (response: ServerResponse) => fail(response, 503, 'X')],
    ['says nothing', () => {}],
    ['alters what it gives', (response: ServerResponse) => void response.end('{}')],
  ])('that %s leaves it to the registry', async (_what, answer) => {
    mirror.intercept = (_request, response) => {
      answer(response);
      return true;
    };
    const by = `${origin.host}/x@${image.manifest.digest}`;
    const images = source([mirror.host], hurriedClock(), { mirror: 300 });
    expect(expectKnown(await images.resolve(by, never)).servedBy).toBe(origin.host);
  });

  it('that does not answer is left alone for a minute, without repetitions', async () => {
    let now = 0;
    mirror.intercept = (_request, response) => {
      fail(response, 503, 'X');
      return true;
    };
    const slept: number[] = [];
    const images = source([mirror.host], { ...hurriedClock(slept), monotonic: () => now });
    expectKnown(await images.resolve(reference(), never));
    expect(mirror.seen).toHaveLength(1);
    now = 59_000;
    expectKnown(await images.resolve(reference(), never));
    expect(mirror.seen).toHaveLength(1);
    now = 60_001;
    expectKnown(await images.resolve(reference(), never));
    expect(mirror.seen).toHaveLength(2);
    expect(slept).toEqual([]);
    expect(images.log.lines.every((line) => line.includes(mirror.host))).toBe(true);
  });

  it('may have the repository under a prefix', async () => {
    mirror.push('proxy/corp/x', image, 'v1');
    expect(expectKnown(await source([`${mirror.host}/proxy/corp`]).resolve(reference(), never)).servedBy).toBe(
      mirror.host,
    );
  });

  it('comes in its turn', async () => {
    const second = await startRegistry();
    second.push('x', image, 'v1');
    expect(expectKnown(await source([mirror.host, second.host]).resolve(reference(), never)).servedBy).toBe(
      second.host,
    );
    await second.stop();
  });

  it('is not blamed when the registry has it not either', async () => {
    const why = expectFailure(await source().resolve(`${origin.host}/x:none`, never));
    expect(why).toMatchObject({ code: 'not-found', target: origin.host });
  });

  it('is not asked for anything when the caller has given up', async () => {
    mirror.intercept = () => true;
    const caller = new AbortController();
    const answer = source().resolve(reference(), caller.signal);
    caller.abort();
    expect(expectFailure(await answer).code).toBe('timeout');
    expect(origin.seen).toEqual([]);
  });
});
