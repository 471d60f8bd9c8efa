import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import { littleElf } from '../../../adapters/practice/little-elf.ts';
import { type BuiltImage, buildImage } from '../../../adapters/practice/oci-image.ts';
import { serveRegistry } from '../../../adapters/practice/registry.ts';
import type { ImageSwapper, Swap } from '../../../src/ports/image-swap.ts';
import { startPrivateEngine } from '../../lab/private-engine.ts';
import { type Bench, openBench } from './incident-bench.ts';
import { systemClock } from './system-clock.ts';
import { swapOf } from './under-contract.ts';

/** A bench on an engine of its own, whose store may be damaged. */
export interface DamagedBench extends Bench {
  /** Whether the host's copy of the program is whole. */
  isWhole(): Promise<boolean>;
  /** A container of the image that can run here, running until its program is damaged: then it is restarted again and again. */
  deployDamaged(settings?: Docker.ContainerCreateOptions): Promise<Docker.ContainerInspectInfo>;
  /** The swap that renews the image of a container. The program is in the upper of two layers. */
  renewalOf(container: Docker.ContainerInspectInfo): Swap;
  /** What renews, over a client. */
  renewalOver(client: Docker): ImageSwapper;
  /** The registry answers no more, until it is opened again. */
  closeRegistry(): Promise<void>;
  openRegistry(): Promise<void>;
  /** Removes all containers and the images that carry settings, and opens the registry. */
  tidy(): Promise<void>;
}

const machine = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** Images for this machine, with the same layer at their bottom and another program above it. */
const imageSaying = (message: string): Promise<BuiltImage> =>
  buildImage({
    platform: { os: 'linux', architecture: machine, variant: null },
    layers: [
      [{ path: '/etc/os-release', mode: 0o644, content: Buffer.from('ID=base\n') }],
      [{ path: '/app/render', mode: 0o755, content: littleElf({ architecture: machine, message }) }],
    ],
    config: {
      ...{ cmd: ['/app/render'], workingDir: '/app', env: ['PATH=/bin', 'MODE=of the image'] },
      labels: { 'org.opencontainers.image.title': 'pdf-renderer' },
    },
    createdAt: new Date(0).toISOString(),
  });

const HOST_CONFIG = { NetworkMode: 'none', RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };

export async function damagedBench(): Promise<DamagedBench> {
  const [v2, v3] = await Promise.all([imageSaying('first'), imageSaying('second')]);
  const images = { v2, v3 };
  const published = { 'pdf-renderer': images };
  let registry = await serveRegistry(published);
  let isOpen = true;
  const port = Number(registry.address.split(':')[1]);
  const engine = await startPrivateEngine();
  const bench = await openBench(`unix://${engine.socket}`, registry.address, machine, images, async () => {
    engine.stop();
    if (isOpen) await registry.close();
  });
  /** Where the program lies in the host's copy of the image's last layer. */
  const program = async () => {
    const { GraphDriver } = await bench.client.getImage(bench.good).inspect();
    const { UpperDir } = GraphDriver.Data as unknown as { UpperDir?: string };
    return join(UpperDir ?? '/not/overlay2', 'app/render');
  };
  const openRegistry = async () => {
    if (!isOpen) registry = await serveRegistry(published, port);
    isOpen = true;
  };
  const renewalOver = (client: Docker) => {
    const { renewal } = createDockerSwapper({ name: bench.host, client, clock: systemClock });
    if (!renewal) throw new Error('this swapper renews nothing');
    return renewal;
  };
  return {
    ...bench,
    isWhole: async () => readFileSync(await program()).length > 0,
    async deployDamaged(settings = {}) {
      await bench.pullGood();
      const HostConfig = { ...HOST_CONFIG, ...settings.HostConfig };
      const { Id } = await bench.deploy(bench.good, { StopTimeout: 1, ...settings, HostConfig });
      truncateSync(await program());
      const container = bench.client.getContainer(Id);
      await container.kill();
      await container.start();
      return container.inspect();
    },
    renewalOf: (container) => ({ ...swapOf(bench, container), damagedLayer: 1 }),
    renewalOver,
    closeRegistry: async () => {
      if (isOpen) await registry.close();
      isOpen = false;
    },
    openRegistry,
    tidy: async () => {
      for (const { Id } of await bench.client.listContainers({ all: true }))
        await bench.client.getContainer(Id).remove({ force: true, v: true });
      for (const { RepoTags } of await bench.client.listImages())
        for (const tag of RepoTags ?? [])
          if (tag.startsWith('execfmt-carrier:')) await bench.client.getImage(tag).remove();
      await openRegistry();
    },
  };
}
