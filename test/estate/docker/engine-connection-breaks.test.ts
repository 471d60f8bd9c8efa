import { spawn } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../adapters/estate/docker/connect.ts';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import { startEngine } from '../../lab/engine.ts';
import { createScratchFolder, removeLabFolder } from '../../lab/lab-folder.ts';
import { suite } from '../../lab/requirements.ts';
import { type Bench, realBench } from './incident-bench.ts';
import { attempt, backSentence, expectAsBefore } from './swap-attempt.ts';
import { systemClock } from './system-clock.ts';
import { swapOf } from './under-contract.ts';

/** More than a swap makes. */
const MOST_CALLS = 20;

suite('a real engine whose connection breaks', ['engine', 'no-emulator'], () => {
  let bench: Bench;
  let socketPath: string;
  beforeAll(async () => {
    [bench, { socket: socketPath }] = await Promise.all([realBench(), startEngine()]);
    await bench.pullGood();
  });
  afterAll(() => bench?.close());

  it('after any changing call, carried out but not answered: the old one is back as it was', {
    timeout: 300_000,
  }, async () => {
    const policy = { Name: 'always', MaximumRetryCount: 0 };
    let cuts = 0;
    for (let call = 1; call <= MOST_CALLS; call += 1) {
      const old = await bench.deploy(bench.bad, { HostConfig: { NetworkMode: 'none', RestartPolicy: policy } });
      const way = await cuttingWay(socketPath, call);
      const client = connect({ docker: `tcp://127.0.0.1:${way.port}` });
      const swapper = createDockerSwapper({ name: bench.host, client, clock: systemClock });
      const tried = await attempt(swapper, swapOf(bench, old));
      await way.close();
      if (tried.failedIn === null) break;
      expect(tried.said).toContain('the connection was cut');
      backSentence(tried);
      await expectAsBefore(bench.client, old);
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(4);
  });

  it('because this user may not use its socket: nothing is begun, and it is said', { timeout: 60_000 }, async () => {
    const folder = createScratchFolder('denied');
    const denied = join(folder, 'docker.sock');
    const server = createServer();
    await new Promise<void>((done) => server.listen(denied, done));
    chownSync(denied, 65_534, 65_534);
    chmodSync(denied, 0o600);
    // Root without its capabilities is a user like others, who can read this repository wherever it lies.
    const plain = ['--bounding-set=-all', '--inh-caps=-all', process.execPath];
    const script = join(import.meta.dirname, 'look-without-permission.ts');
    const child = spawn('setpriv', [...plain, script, denied], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(JSON.parse(await text(child.stdout))).toMatchObject({
      kind: 'probe-failed',
      why: { code: 'denied', message: expect.stringContaining('docker group') },
    });
    await new Promise((done) => server.close(done));
    removeLabFolder(folder);
  });
});

/** A way to the engine that closes the connection instead of handing on the answer of the n-th changing call. */
async function cuttingWay(socketPath: string, nth: number): Promise<{ port: number; close: () => Promise<void> }> {
  let calls = 0;
  const server: Server = createServer((asked, response) => {
    const { method, url: path, headers } = asked;
    if (method !== 'GET') calls += 1;
    const cuts = method !== 'GET' && calls === nth;
    const passed = request({ socketPath, method, path, headers }, (answer) => {
      if (!cuts) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        return;
      }
      answer.resume().on('end', () => response.destroy());
    });
    passed.on('error', () => response.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
