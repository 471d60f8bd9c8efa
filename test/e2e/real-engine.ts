import Docker from 'dockerode';
import { afterAll, beforeAll } from 'vitest';
import { type LabEngine, startEngine } from '../lab/engine.ts';
import { type LabRegistry, startRegistry } from '../lab/registry.ts';
import type { Need } from '../lab/requirements.ts';

/** What the incident on a real engine needs of the machine. */
export const REAL_ENGINE: readonly Need[] = ['engine', 'docker-registry', 'skopeo', 'debian-binaries', 'no-emulator'];

/** The real engine and registry of a test file. */
export interface RealEngine {
  readonly engine: LabEngine;
  readonly registry: LabRegistry;
  readonly docker: Docker;
}

/** Starts both before the tests of the surrounding suite, and ends the registry after them. Read it inside tests only. */
export function useRealEngine(): RealEngine {
  const real: { engine?: LabEngine; registry?: LabRegistry; docker?: Docker } = {};
  beforeAll(async () => {
    [real.engine, real.registry] = await Promise.all([startEngine(), startRegistry()]);
    real.docker = new Docker({ socketPath: real.engine.socket, timeout: 30_000 });
  });
  afterAll(() => real.registry?.stop());
  return real as RealEngine;
}

/** What a rollback has to keep of a container, as the engine tells it. */
export function keptSettings(document: Docker.ContainerInspectInfo) {
  const { Config, HostConfig, Mounts, Name, NetworkSettings } = document;
  return {
    name: Name,
    environment: [...Config.Env].sort(),
    // execfmt's own labels are how a crash is recovered from; those of the image come with the image.
    labels: Object.fromEntries(
      Object.entries(Config.Labels).filter(([key]) => !/^(execfmt|org\.opencontainers\.image)\./.test(key)),
    ),
    ports: HostConfig.PortBindings,
    binds: HostConfig.Binds,
    mounts: Mounts.map(({ Type, Destination, Source, RW }) => ({ Type, Destination, Source, RW })).sort((a, b) =>
      a.Destination < b.Destination ? -1 : 1,
    ),
    networks: Object.entries(NetworkSettings.Networks).map(([name, { Aliases }]) => ({
      name,
      aliases: (Aliases ?? []).filter((alias: string) => !document.Id.startsWith(alias)).sort(),
    })),
    restartPolicy: HostConfig.RestartPolicy,
  };
}
