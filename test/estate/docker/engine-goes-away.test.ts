import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildIncidentImages, type IncidentImages } from '../../../adapters/practice/incident-images.ts';
import { type BuiltImage, buildImage } from '../../../adapters/practice/oci-image.ts';
import { serveRegistry } from '../../../adapters/practice/registry.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { type PrivateEngine, startPrivateEngine } from '../../lab/private-engine.ts';
import { suite } from '../../lab/requirements.ts';
import { type Bench, openBench } from './incident-bench.ts';
import { attempt, backSentence, expectAsBefore } from './swap-attempt.ts';
import { swapOf } from './under-contract.ts';

const signal = new AbortController().signal;
const MIB = 1024 * 1024;
const machine = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** Of a size that a small disk does not hold; random, so that it is not compressed away. */
const largeImage = (): Promise<BuiltImage> =>
  buildImage({
    platform: { os: 'linux', architecture: machine, variant: null },
    layers: [[{ path: '/large', mode: 0o644, content: randomBytes(48 * MIB) }]],
    config: { cmd: ['/large'] },
    createdAt: new Date(0).toISOString(),
  });

suite('an engine of its own that goes away', ['engine', 'no-emulator'], () => {
  let engine: PrivateEngine;
  let registry: Awaited<ReturnType<typeof serveRegistry>>;
  let images: IncidentImages;
  let bench: Bench;

  beforeAll(async () => {
    images = await buildIncidentImages(Date.now());
    registry = await serveRegistry({ 'pdf-renderer': { v2: images.v2, v3: images.v3 } });
    engine = await startPrivateEngine();
    bench = await openBench(`unix://${engine.socket}`, registry.address, machine, images, async () => undefined);
  });
  afterAll(async () => {
    engine?.stop();
    await registry?.close();
  });

  it.each(['pull', 'create', 'set-aside', 'start'])(
    'before %s: it is waited for, and the old one is back',
    async (when) => {
      const policy = { Name: 'always', MaximumRetryCount: 0 };
      const old = await bench.deploy(bench.bad, { HostConfig: { NetworkMode: 'none', RestartPolicy: policy } });
      const swap = swapOf(bench, old);
      // It is away while the phase is tried, and comes back while putting back waits for it.
      let back = Promise.resolve();
      const tried = await attempt(bench.swapper, swap, {
        [when]: async () => engine.crash(),
        'put-back': async () => {
          back = engine.restart();
        },
      });
      await back;
      expect(tried.said).toMatch(/no such socket|nobody listens|connection was cut/);
      backSentence(tried);
      await expectAsBefore(bench.client, old);
      await bench.client.getContainer(old.Id).remove({ force: true });
    },
    120_000,
  );

  it('after everything: the new one comes back by itself, and the old one does not', async () => {
    const policy = { Name: 'always', MaximumRetryCount: 0 };
    const old = await bench.deploy(bench.bad, { HostConfig: { NetworkMode: 'none', RestartPolicy: policy } });
    const swap = swapOf(bench, old);
    expect((await attempt(bench.swapper, swap)).failedIn).toBeNull();
    engine.crash();
    const back = engine.restart();
    expect(knownValue(await bench.swapper.finish(swap, signal))).toContain('Removed the old container');
    await back;
    await expect.poll(async () => knownValue(await bench.swapper.observe(swap, signal)).running).toBe(true);
  }, 120_000);
});

suite('a pull on an engine of its own that breaks off', ['engine', 'no-emulator'], () => {
  let engine: PrivateEngine;
  let images: IncidentImages;
  let large: BuiltImage;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [images, large] = await Promise.all([buildIncidentImages(Date.now()), largeImage()]);
    // Room for the incident's images, and not for the large one; one attempt, so that a broken pull fails at once.
    engine = await startPrivateEngine({ diskBytes: 24 * MIB, settings: { 'max-download-attempts': 1 } });
  });
  afterAll(() => engine?.stop());
  beforeEach(() => expect(engine).toBeDefined());
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const pulled = async (address: string, digest: string) => {
    const bench = await openBench(`unix://${engine.socket}`, address, machine, images, async () => undefined);
    ends.push(() => bench.close());
    const policy = { Name: 'always', MaximumRetryCount: 0 };
    const old = await bench.deploy(bench.bad, { HostConfig: { NetworkMode: 'none', RestartPolicy: policy } });
    const tried = await attempt(bench.swapper, { ...swapOf(bench, old), image: `${address}/pdf-renderer@${digest}` });
    expect(tried.failedIn).toBe('pull');
    expect(backSentence(tried)).toContain('stands as it was');
    await expectAsBefore(bench.client, old);
    return tried.said;
  };

  it('because the disk is full', async () => {
    const registry = await serveRegistry({ 'pdf-renderer': { v2: images.v2, v3: images.v3, large } });
    ends.push(() => registry.close());
    expect(await pulled(registry.address, large.digest)).toContain('no space left on device');
  }, 60_000);

  it('because the registry stops in the middle', async () => {
    const registry = await serveRegistry({ 'pdf-renderer': { v2: images.v2, v3: images.v3, large } });
    const cutting = await cutAfter(registry.address, MIB);
    ends.push(
      () => registry.close(),
      () => closed(cutting),
    );
    const { port } = cutting.address() as AddressInfo;
    expect(await pulled(`127.0.0.1:${port}`, large.digest)).toContain('the pull failed');
  }, 60_000);
});

/** Before a registry; it cuts every answer after so many bytes, and nobody listens any more after that. */
async function cutAfter(address: string, bytes: number): Promise<Server> {
  const server = createServer(async (asked, response) => {
    const answer = await fetch(`http://${address}${asked.url}`, { method: asked.method ?? 'GET' });
    const length = answer.headers.get('content-length');
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    if (length !== null) response.setHeader('content-length', length);
    response.writeHead(answer.status);
    const body = Buffer.from(await answer.arrayBuffer());
    if (body.length <= bytes) return response.end(body);
    response.write(body.subarray(0, bytes), () => response.destroy());
    return response;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
