import { readFileSync } from 'node:fs';
import { connect } from '../../adapters/estate/docker/connect.ts';
import { createDockerEstate } from '../../adapters/estate/docker/estate.ts';
import { createDockerSwapper } from '../../adapters/estate/docker/image-swapper.ts';
import type { RegistryOptions } from '../../adapters/registry/oci/options.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Service } from '../app/deps.ts';
import type { DockerHostConfig } from '../config/config.ts';
import type { Estate } from '../ports/estate.ts';
import type { ImageSwapper } from '../ports/image-swap.ts';
import { changeableEstates } from './changeable-estates.ts';
import { UsageError } from './exit-status.ts';

/** The configured Docker hosts. One on which no service has approvers is not given the means to be changed. */
export function connectHosts(
  hosts: readonly DockerHostConfig[],
  services: ReadonlyMap<string, Service>,
  registries: Readonly<Record<string, RegistryOptions>>,
): { estates: Map<string, Estate>; swappers: Map<string, ImageSwapper> } {
  const changeable = changeableEstates(services);
  const estates = new Map<string, Estate>();
  const swappers = new Map<string, ImageSwapper>();
  for (const host of hosts) {
    const { name, practice } = host;
    const client = connectTo(host);
    estates.set(name, createDockerEstate({ name, practice, command: commandFor(host), client, clock: systemClock }));
    if (changeable.has(name))
      swappers.set(name, createDockerSwapper({ name, client, clock: systemClock, registryAuth: authFor(registries) }));
  }
  return { estates, swappers };
}

/** What a person types to reach the same engine. */
function commandFor({ docker, tls }: DockerHostConfig): string {
  if (docker === 'unix:///var/run/docker.sock') return 'docker';
  return `docker -H ${docker}${tls ? ' --tlsverify' : ''}`;
}

/** A client for a configured host; it connects at the first call. Throws UsageError when the address cannot be one. */
export function connectTo({ name, docker, tls }: DockerHostConfig) {
  try {
    if (!tls) return connect({ docker });
    const pem = (path: string | null) => (path === null ? '' : readFileSync(path));
    return connect({ docker, tls: { ca: pem(tls.ca), cert: pem(tls.cert), key: pem(tls.key) } });
  } catch (error) {
    throw new UsageError(`host ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** What an engine is given to pull with: it has no logins of its own. Only configured registries; others are pulled as anybody. */
function authFor(registries: Readonly<Record<string, RegistryOptions>>) {
  return async (registry: string) => {
    const { username, password } = registries[registry] ?? {};
    return username === undefined || password === undefined ? null : { username, password, serveraddress: registry };
  };
}
