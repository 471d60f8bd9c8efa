import type { ConfigDocument, ContainerDocument } from '../documents.ts';
import { carryOverConfig } from './carry-over-config.ts';
import { carryOverMounts } from './carry-over-mounts.ts';
import { carryOverNetworks, type Networks } from './carry-over-networks.ts';

/** What `POST /containers/create` takes, and the networks to join before the start. Holds environment values. */
export interface CarriedSettings {
  readonly body: Readonly<Record<string, unknown>>;
  readonly networks: Networks;
}

const SHORT_ID = 12;

/**
 * The settings of a container, for another one that takes its place on `image`. `oldImage` is the configuration of the
 * image it was made from, null when that is gone.
 */
export function carryOverSettings(
  old: ContainerDocument,
  oldImage: ConfigDocument | null,
  image: string,
  labels: Readonly<Record<string, string>>,
): CarriedSettings {
  const config = carryOverConfig(old.Config ?? {}, oldImage);
  const networks = carryOverNetworks(old);
  const body = {
    ...config,
    ...hostname(old),
    Image: image,
    Labels: { ...config.Labels, ...labels },
    ExposedPorts: exposed(old, config),
    HostConfig: carryOverMounts(old),
    NetworkingConfig: { EndpointsConfig: networks.first },
  };
  return { body, networks };
}

/** Left out, so that the engine makes the short id the hostname by itself, and where another's namespace is used. */
function hostname(old: ContainerDocument): { Hostname?: string | undefined; Domainname?: string | undefined } {
  const { Hostname, Domainname } = old.Config ?? {};
  const borrowed = old.HostConfig?.NetworkMode?.startsWith('container:') || old.HostConfig?.UTSMode === 'host';
  if (borrowed) return { Hostname: undefined, Domainname: undefined };
  return { Hostname: Hostname === old.Id.slice(0, SHORT_ID) ? undefined : Hostname, Domainname };
}

/**
 * What was exposed besides the image's own ports, and those of the image that are published: the engine publishes only what
 * is exposed (Docker 20.10), and the new image may not. None where another's network is used:
 * refused there.
 */
function exposed(old: ContainerDocument, config: ConfigDocument): Record<string, unknown> {
  if (old.HostConfig?.NetworkMode?.startsWith('container:')) return {};
  const published = old.HostConfig?.PortBindings ?? {};
  const also = Object.entries(old.Config?.ExposedPorts ?? {}).filter(([port]) => port in published);
  return { ...Object.fromEntries(also), ...(config.ExposedPorts ?? {}) };
}
