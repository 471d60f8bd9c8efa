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
    // A published port works without being exposed, but nobody would see it in the image's place.
    ExposedPorts: { ...emptied(old.HostConfig?.PortBindings), ...(config.ExposedPorts ?? {}) },
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

function emptied(ports: Readonly<Record<string, unknown>> | null | undefined): Record<string, object> {
  return Object.fromEntries(Object.keys(ports ?? {}).map((port) => [port, {}]));
}
