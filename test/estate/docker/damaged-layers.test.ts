import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildIncidentImages } from '../../../adapters/practice/incident-images.ts';
import { serveRegistry } from '../../../adapters/practice/registry.ts';
import { type PrivateEngine, startPrivateEngine } from '../../lab/private-engine.ts';
import { suite } from '../../lab/requirements.ts';
import { type Bench, openBench } from './incident-bench.ts';

const machine = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** What docs/operate.md says of damaged layers, tried: why a container of another image has to carry the settings meanwhile. */
suite('an image whose layer is damaged on the host', ['engine', 'no-emulator'], () => {
  let engine: PrivateEngine;
  let bench: Bench;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const images = await buildIncidentImages(Date.now());
    const registry = await serveRegistry({ 'pdf-renderer': { v2: images.v2, v3: images.v3 } });
    ends.push(() => registry.close());
    engine = await startPrivateEngine();
    bench = await openBench(`unix://${engine.socket}`, registry.address, machine, images, async () => undefined);
  });
  afterAll(async () => {
    engine?.stop();
    for (const end of ends) await end();
  });

  /** Where the program lies in the host's copy of the image's last layer. */
  const programOf = async () => {
    const { GraphDriver } = await bench.client.getImage(bench.good).inspect();
    const { UpperDir } = GraphDriver.Data as unknown as { UpperDir?: string };
    return join(UpperDir ?? '/not/overlay2', 'app/render');
  };
  const isWhole = async () => readFileSync(await programOf()).length > 0;
  const deployDamaged = async () => {
    await bench.pullGood();
    const old = await bench.create(bench.good, { HostConfig: { NetworkMode: 'none' } });
    truncateSync(await programOf());
    return old;
  };
  const remove = (container: Docker.ContainerInspectInfo) =>
    bench.client.getContainer(container.Id).remove({ force: true });

  it('is not repaired by a pull, nor by removing its names and a pull, as long as a container of it is there', async () => {
    const old = await deployDamaged();
    await bench.pullGood();
    expect(await isWhole()).toBe(false);
    await bench.client.getImage(bench.good).remove({ force: true });
    await bench.pullGood();
    expect(await isWhole()).toBe(false);
    await remove(old);
  }, 60_000);

  it('is repaired by a pull once its containers and the image are removed', async () => {
    const old = await deployDamaged();
    await remove(old);
    await bench.client.getImage(bench.good).remove({ force: true });
    await bench.pullGood();
    expect(await isWhole()).toBe(true);
  }, 60_000);

  it('is not repaired either when another image stands on the damaged layer', async () => {
    const old = await deployDamaged();
    await bench.client.getContainer(old.Id).commit({ repo: 'bench-child', tag: 'latest' });
    await remove(old);
    await bench.client.getImage(bench.good).remove({ force: true });
    await bench.pullGood();
    expect(await isWhole()).toBe(false);
  }, 60_000);
});
