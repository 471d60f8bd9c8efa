import { afterEach, describe, expect, it } from 'vitest';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Swap } from '../../../src/ports/image-swap.ts';
import { type Answers, type FakeEngine, fakeEngine } from './fake-engine.ts';
import { systemClock } from './system-clock.ts';

const signal = new AbortController().signal;
const IMAGE = `registry.corp.io/web@sha256:${'a'.repeat(64)}`;
const swap: Swap = {
  id: 'p-1',
  where: { kind: 'docker', host: 'h', container: 'web' },
  instanceId: '1',
  imageId: 'i',
  image: IMAGE,
  platform: 'linux/amd64',
};

let engine: FakeEngine | null = null;
afterEach(() => engine?.close());

async function pull(answers: Answers, clock: Clock = systemClock) {
  engine = await fakeEngine(answers);
  const registryAuth = async (registry: string) => ({ username: 'bot', password: 'pass', serveraddress: registry });
  const swapper = createDockerSwapper({ name: 'h', client: engine.client, clock, registryAuth });
  return swapper.phases[0]!.run(swap, signal);
}

/** The image is there once it was pulled. */
const appearing = (architecture: string): Answers => {
  let pulled = false;
  return {
    [`GET /images/${IMAGE}/json`]: (_request, response) => {
      if (pulled) response.end(JSON.stringify({ Id: 'x', Os: 'linux', Architecture: architecture }));
      else response.writeHead(404).end('{"message":"No such image"}');
    },
    'POST /images/create': (_request, response) => {
      pulled = true;
      response.end('{"status":"Pulling"}\r\n{"status":"Complete"}\r\n');
    },
  };
};

describe('pulling', () => {
  it('asks for digest and platform, with the credentials of that registry', async () => {
    expect(await pull(appearing('amd64'))).toMatchObject({ kind: 'known' });
    const request = engine?.requests.find(({ method }) => method === 'POST');
    const query = Object.fromEntries(new URL(request?.url ?? '', 'http://x').searchParams);
    expect(query).toEqual({
      fromImage: 'registry.corp.io/web',
      tag: `sha256:${'a'.repeat(64)}`,
      platform: 'linux/amd64',
    });
    const auth: unknown = JSON.parse(Buffer.from(String(request?.headers['x-registry-auth']), 'base64url').toString());
    expect(auth).toEqual({ username: 'bot', password: 'pass', serveraddress: 'registry.corp.io' });
  });

  it('does not when the image is there', async () => {
    expect(
      await pull({ [`GET /images/${IMAGE}/json`]: { Id: 'x', Os: 'linux', Architecture: 'amd64' } }),
    ).toMatchObject({
      kind: 'known',
    });
    expect(engine?.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('refuses what came for another platform', async () => {
    expect(await pull(appearing('arm64'))).toMatchObject({ kind: 'probe-failed', why: { code: 'invalid' } });
  });

  it('fails with an error in the middle of the progress', async () => {
    const answer = await pull({ 'POST /images/create': Buffer.from('{"status":"a"}\n{"error":"no space left"}\n') });
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { message: 'the pull failed: no space left.' } });
  });

  it('fails when the progress ends and the image is not there', async () => {
    const answer = await pull({ 'POST /images/create': Buffer.from('{"status":"a"}\n') });
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'not-found' } });
  });

  it('gives up when it stands still for a minute', async () => {
    let time = 0;
    const hurried: Clock = {
      ...systemClock,
      monotonic: () => time,
      sleep: async (ms, until) => {
        await systemClock.sleep(1, until);
        time += ms;
      },
    };
    const begun: Answers = {
      'POST /images/create': (_request, response) => void response.writeHead(200).write('{"status":"Pulling"}\n'),
    };
    const answer = await pull(begun, hurried);
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'timeout' } });
    expect(JSON.stringify(answer)).toContain('stood still');
    expect(time).toBeGreaterThan(60_000);
  });
});
