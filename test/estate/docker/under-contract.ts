import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import type { Place } from '../../../src/playbook/place.ts';
import type { Swap } from '../../../src/ports/image-swap.ts';
import type { EstateUnderTest } from '../../contracts/estate-contract.ts';
import type { SwapperUnderTest } from '../../contracts/image-swapper-contract.ts';
import { comparableSettings } from './comparable-settings.ts';
import { type Bench, CANARY } from './incident-bench.ts';

/** What both kinds of engine know; the network is Docker's own `none`, which needs nothing from the machine. */
const SETTINGS: Docker.ContainerCreateOptions = {
  Env: [`API_KEY=${CANARY}`, 'QUEUE=jobs'],
  Labels: { team: 'documents' },
  ExposedPorts: { '9100/tcp': {} },
  HostConfig: {
    NetworkMode: 'none',
    Binds: ['bench-cache:/var/cache/render'],
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 50 },
    Memory: 64 * 1024 * 1024,
  },
};

/** An instance that keeps dying, for the estate's contract. */
export async function estateOn(bench: Bench): Promise<EstateUnderTest> {
  const container = await bench.deploy(bench.bad, SETTINGS);
  const name = container.Name.slice(1);
  return {
    estate: bench.estate,
    name,
    place: { kind: 'docker', host: bench.host, container: name },
    nowhere: { kind: 'docker', host: bench.host, container: `${name}-not` },
    argv: ['/app/render'],
    imageReference: bench.bad,
    repository: bench.repository,
    imageArchitecture: bench.badArchitecture,
    hostArchitecture: bench.goodArchitecture,
    canary: CANARY,
    close: bench.close,
  };
}

/** Instances that keep dying, for the swapper's contract. */
export async function swapperOn(bench: Bench): Promise<SwapperUnderTest> {
  const look = (where: Place) => {
    if (where.kind !== 'docker') throw new Error('no Docker place');
    return bench.client.getContainer(where.container).inspect();
  };
  return {
    swapper: bench.swapper,
    canary: CANARY,
    close: bench.close,
    deploy: async (running) => {
      const container = await bench.deploy(bench.bad, SETTINGS);
      if (!running) await bench.client.getContainer(container.Id).stop();
      return swapOf(bench, container);
    },
    standing: async (swap) => {
      const container = await look(swap.where);
      return {
        instanceId: container.Id,
        imageId: container.Image,
        runs: container.State.Running || container.State.Restarting,
        settings: comparableSettings(container),
      };
    },
    remains: async (swap) => {
      const name = swap.where.kind === 'docker' ? swap.where.container : '';
      const all = await bench.client.listContainers({ all: true });
      return all.filter((container) => container.Names[0]?.startsWith(`/${name}`)).map((container) => container.Id);
    },
  };
}

/** The swap that would help a container of the bench. */
export function swapOf(bench: Bench, container: Docker.ContainerInspectInfo): Swap {
  return {
    id: `p-${randomBytes(3).toString('hex')}`,
    where: { kind: 'docker', host: bench.host, container: container.Name.slice(1) },
    instanceId: container.Id,
    imageId: container.Image,
    image: bench.good,
    platform: `linux/${bench.goodArchitecture}`,
  };
}
