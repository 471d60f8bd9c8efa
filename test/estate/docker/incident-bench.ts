import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { onTestFinished, TestRunner } from 'vitest';
import { connect } from '../../../adapters/estate/docker/connect.ts';
import { createDockerEstate } from '../../../adapters/estate/docker/estate.ts';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import { buildIncidentImages, type IncidentImages } from '../../../adapters/practice/incident-images.ts';
import { serveRegistry } from '../../../adapters/practice/registry.ts';
import type { Estate } from '../../../src/ports/estate.ts';
import type { ImageSwapper } from '../../../src/ports/image-swap.ts';
import { startEngine } from '../../lab/engine.ts';
import { systemClock } from './system-clock.ts';

/** A secret that stands in the environment of every container of a bench. */
export const CANARY = 'canary-7f3a91c2e8d4-do-not-tell';
export type Architecture = 'amd64' | 'arm64';

/** As the configuration would name it. */
const HOST = 'bench-01';

/** A Docker engine with the incident's images, and this project's adapters before it. */
export interface Bench {
  readonly client: Docker;
  readonly address: string;
  readonly host: string;
  readonly estate: Estate;
  readonly swapper: ImageSwapper;
  /** `127.0.0.1:port/pdf-renderer` */
  readonly repository: string;
  /** `repository@sha256:…` of the image that is for this engine's machine, and of the one that is for the other kind. */
  readonly good: string;
  readonly bad: string;
  readonly goodArchitecture: Architecture;
  readonly badArchitecture: Architecture;
  /** Creates and starts a container, which is removed with the bench. The name is made up. */
  deploy(image: string, settings?: Docker.ContainerCreateOptions): Promise<Docker.ContainerInspectInfo>;
  /** The same, without starting it. */
  create(image: string, settings?: Docker.ContainerCreateOptions): Promise<Docker.ContainerInspectInfo>;
  /** Has the engine fetch the image that can run there. */
  pullGood(): Promise<void>;
  close(): Promise<void>;
}

/** A bench on a real engine. */
export async function realBench(): Promise<Bench> {
  const engine = await startEngine();
  const images = await buildIncidentImages(Date.now());
  const registry = await serveRegistry({ 'pdf-renderer': { v2: images.v2, v3: images.v3 } });
  return openBench(engine.host, registry.address, process.arch === 'arm64' ? 'arm64' : 'amd64', images, async () => {
    await registry.close();
    await engine.stop();
  });
}

/** A bench on the engine at an address, with the images of a registry that it can reach. */
export async function openBench(
  address: string,
  registry: string,
  machine: Architecture,
  images: IncidentImages,
  stop: () => Promise<void>,
): Promise<Bench> {
  const client = connect({ docker: address });
  const repository = `${registry}/pdf-renderer`;
  const byArchitecture = { amd64: images.v2, arm64: images.v3 };
  const other = machine === 'amd64' ? 'arm64' : 'amd64';
  const deployed: string[] = [];
  const create: Bench['create'] = async (image, settings = {}) => {
    const name = settings.name ?? `bench-${randomBytes(4).toString('hex')}`;
    deployed.push(name);
    // A container that dies again and again costs the machine a start each time: it ends with the test that made it.
    if (TestRunner.getCurrentTest()) onTestFinished(() => removeAll(client, [name]));
    const container = await client.createContainer({ Image: image, Env: [`API_KEY=${CANARY}`], ...settings, name });
    return container.inspect();
  };
  const bench: Bench = {
    client,
    address,
    host: HOST,
    estate: createDockerEstate({ name: HOST, practice: false, client, clock: systemClock }),
    swapper: createDockerSwapper({ name: HOST, client, clock: systemClock }),
    repository,
    good: `${repository}@${byArchitecture[machine].digest}`,
    bad: `${repository}@${byArchitecture[other].digest}`,
    goodArchitecture: machine,
    badArchitecture: other,
    create,
    deploy: async (image, settings) => {
      const container = client.getContainer((await create(image, settings)).Id);
      await container.start();
      return container.inspect();
    },
    pullGood: () => pull(client, bench.good),
    close: async () => {
      await removeAll(client, deployed);
      await stop();
    },
  };
  await pull(client, bench.bad);
  return bench;
}

/** Also what a swap has put beside them. */
async function removeAll(client: Docker, names: readonly string[]): Promise<void> {
  const all = await client.listContainers({ all: true });
  // What another one is linked to has that one's name too: `/other/alias`.
  const ownName = ({ Names }: Docker.ContainerInfo) => Names.find((name) => name.lastIndexOf('/') === 0) ?? '';
  const mine = all.filter((container) => names.some((name) => ownName(container).startsWith(`/${name}`)));
  for (const { Id } of mine) await client.getContainer(Id).remove({ force: true, v: true });
}

/** Pulls an image for the platform that it is. */
async function pull(client: Docker, image: string): Promise<void> {
  const progress = await client.pull(image);
  await new Promise<void>((resolve, reject) => {
    client.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
}
