import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageOf, layerOf } from '../servers/registry/build-image.ts';
import { fail, startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectFailure, expectKnown, hurriedClock, never, sourceFor } from './open-source.ts';

let registry: TestRegistry;
let slept: number[];
beforeEach(async () => {
  slept = [];
  registry = await startRegistry();
  registry.push('x', imageOf('linux/amd64', [await layerOf([{ name: 'a', content: 'x' }])]), 'v1');
});
afterEach(() => registry.stop());

const NOW = new Date('2026-11-21T09:00:00Z');
const resolve = (random = 0.5, signal = never) => {
  const clock = { ...hurriedClock(slept), now: () => NOW };
  return sourceFor(registry.host, {}, { clock, random: () => random }).resolve(`${registry.host}/x:v1`, signal);
};
/** Refuses the first `times` requests. */
function refuse(times: number, answer: (response: ServerResponse) => void): void {
  let left = times;
  registry.intercept = (_request, response) => {
    if (left-- <= 0) return false;
    answer(response);
    return true;
  };
}

describe('what a registry cannot answer just now', () => {
  it.each([429, 500, 502, 503, 504])('is asked again after a %i', async (status) => {
    refuse(1, (response) => fail(response, status, 'X'));
    expect(expectKnown(await resolve()).kind).toBe('manifest');
    expect(slept).toHaveLength(1);
  });

  it.each([400, 403, 404, 405, 501])('is not asked again after a %i', async (status) => {
    refuse(9, (response) => fail(response, status, 'X'));
    expectFailure(await resolve());
    expect(slept).toEqual([]);
    expect(registry.seen).toHaveLength(1);
  });

  it.each([
    [0, [125, 250, 500]],
    [0.5, [187.5, 375, 750]],
    [0.999_999_999, [250, 500, 1000]],
  ])('is asked four times, with pauses that double and differ by chance (%d)', async (random, pauses) => {
    refuse(9, (response) => fail(response, 503, 'X'));
    expect(expectFailure(await resolve(random))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('503'),
    });
    expect(slept.map((ms) => Math.round(ms * 10) / 10)).toEqual(pauses);
    expect(registry.seen).toHaveLength(4);
  });

  it('is asked again when the registry says: in seconds', async () => {
    refuse(1, (response) => response.writeHead(429, { 'retry-after': '7' }).end());
    expectKnown(await resolve());
    expect(slept).toEqual([7000]);
  });

  it('is asked again when the registry says: at a time', async () => {
    refuse(1, (response) => response.writeHead(503, { 'retry-after': 'Sat, 21 Nov 2026 09:00:05 GMT' }).end());
    expectKnown(await resolve());
    expect(slept).toEqual([5000]);
  });

  it('is asked again at once when the time has come already', async () => {
    refuse(1, (response) => response.writeHead(503, { 'retry-after': 'Sat, 21 Nov 2026 08:00:05 GMT' }).end());
    expectKnown(await resolve());
    expect(slept).toEqual([0]);
  });

  it.each(['soon', '-5', '1.5', '2026-11-21', ''])(
    'is asked again by our own pauses when it says %j',
    async (value) => {
      refuse(1, (response) => response.writeHead(503, { 'retry-after': value }).end());
      expectKnown(await resolve());
      expect(slept).toEqual([187.5]);
    },
  );

  it.each(['21', '86400', '999999999', 'Sat, 21 Nov 2026 10:00:00 GMT'])(
    'is not waited for too long: %s',
    async (value) => {
      refuse(9, (response) => response.writeHead(429, { 'retry-after': value }).end());
      const why = expectFailure(await resolve());
      expect(why).toMatchObject({ code: 'rate-limited', message: expect.stringMatching(/Try again in \d+ seconds/) });
      expect(slept).toEqual([]);
      expect(registry.seen).toHaveLength(1);
    },
  );

  it('is not waited for beyond the deadline of the request', async () => {
    refuse(9, (response) => response.writeHead(429, { 'retry-after': '16' }).end());
    expect(expectFailure(await resolve()).code).toBe('rate-limited');
    expect(slept).toEqual([]);
  });

  it('is told of when the caller gives up while we wait', async () => {
    const caller = new AbortController();
    refuse(9, (response) => fail(response, 503, 'X'));
    const clock = {
      ...hurriedClock(slept),
      sleep: async (_ms: number, signal?: AbortSignal) => {
        caller.abort();
        signal?.throwIfAborted();
      },
    };
    const source = sourceFor(registry.host, {}, { clock });
    const why = expectFailure(await source.resolve(`${registry.host}/x:v1`, caller.signal));
    expect(why).toMatchObject({ code: 'unreachable', message: expect.stringContaining('503') });
    expect(registry.seen).toHaveLength(1);
  });

  it('may be a token', async () => {
    const guarded = await startRegistry({ auth: 'token' });
    guarded.push('x', imageOf('linux/amd64', []), 'v1');
    let refusals = 2;
    guarded.intercept = (_request, response, path) => {
      if (!path.startsWith('/token') || refusals-- <= 0) return false;
      fail(response, 429, 'TOOMANYREQUESTS');
      return true;
    };
    const source = sourceFor(guarded.host, {}, { clock: hurriedClock(slept) });
    expect(expectKnown(await source.resolve(`${guarded.host}/x:v1`, never)).kind).toBe('manifest');
    expect(slept).toHaveLength(2);
    await guarded.stop();
  });
});

describe('the quota of a registry', () => {
  const limited = (headers: Record<string, string>) => refuse(9, (response) => response.writeHead(429, headers).end());

  it('is told when it is used up, and not waited for', async () => {
    limited({
      'ratelimit-limit': '100;w=21600',
      'ratelimit-remaining': '0;w=21600',
      'docker-ratelimit-source': '192.0.2.7',
    });
    const why = expectFailure(await resolve());
    expect(why.code).toBe('rate-limited');
    expect(why.message).toContain('it allows 100 pulls in 6 hours, 0 are left, counted for 192.0.2.7');
    expect(why.message).toContain('configure a login');
    expect(slept).toEqual([]);
  });

  it('is told as far as it is known, and nothing else that stands in the headers', async () => {
    limited({ 'ratelimit-limit': '100', 'docker-ratelimit-source': '<script>' });
    const { message } = expectFailure(await resolve());
    expect(message).toContain('it allows 100 pulls.');
    expect(message).not.toContain('script');
  });

  it('is not named where there is none', async () => {
    limited({ 'ratelimit-limit': 'many' });
    expect(expectFailure(await resolve()).message).not.toContain('allows many');
  });
});
