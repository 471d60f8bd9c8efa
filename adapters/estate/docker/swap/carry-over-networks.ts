import type { ContainerDocument, EndpointDocument } from '../documents.ts';

/** What the engine is asked for one network. */
type EndpointRequest = Readonly<Record<string, unknown>>;

/** The networks of a container, to be joined again: the one it is created with, and the others before it starts. */
export interface Networks {
  /** By name; empty for the modes that have nothing to ask for. */
  readonly first: Readonly<Record<string, EndpointRequest>>;
  readonly others: Readonly<Record<string, EndpointRequest>>;
}

const SHORT_ID = 12;

/**
 * The old container's networks with aliases, fixed addresses, links and driver options. Up to API 1.43 a container can be
 * created with one network only, so that is done with every engine. MAC addresses are left out: an inspect document does
 * not tell a chosen one from one that was made up.
 */
export function carryOverNetworks(old: ContainerDocument): Networks {
  const mode = old.HostConfig?.NetworkMode ?? 'default';
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return { first: {}, others: {} };
  const first: Record<string, EndpointRequest> = {};
  const others: Record<string, EndpointRequest> = {};
  for (const [name, endpoint] of Object.entries(old.NetworkSettings?.Networks ?? {})) {
    const isFirst = name === mode || endpoint.NetworkID === mode || (mode === 'default' && name === 'bridge');
    (isFirst ? first : others)[name] = endpointRequest(endpoint, old.Id);
  }
  return { first, others };
}

function endpointRequest(endpoint: EndpointDocument, id: string): EndpointRequest {
  const aliases = (endpoint.Aliases ?? []).filter((alias) => alias !== id.slice(0, SHORT_ID));
  return {
    ...(endpoint.IPAMConfig ? { IPAMConfig: endpoint.IPAMConfig } : {}),
    ...(endpoint.Links?.length ? { Links: endpoint.Links } : {}),
    ...(aliases.length > 0 ? { Aliases: aliases } : {}),
    ...(endpoint.DriverOpts ? { DriverOpts: endpoint.DriverOpts } : {}),
    ...(endpoint.GwPriority ? { GwPriority: endpoint.GwPriority } : {}),
  };
}
