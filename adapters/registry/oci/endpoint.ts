import type { RegistryOptions } from './options.ts';
import { isLoopbackName, type Reach } from './reachable-address.ts';

/** Where a registry listens, and what its answers may make us connect to. */
export interface Endpoint {
  readonly registry: string;
  /** Without a trailing slash. */
  readonly origin: string;
  readonly host: string;
  readonly plainHttp: boolean;
  readonly caPem: string | null;
  /** Of the registry itself. */
  readonly ownReach: Reach;
  /** Of the hosts it sends us to: token services and blob storage. */
  readonly otherReach: Reach;
}

/** Docker Hub's registry does not listen under the name that its references have. */
const DOCKER_HUB_HOST = 'registry-1.docker.io';

/** The endpoint of a registry: a configured one may stand anywhere, one that only a reference names not at a metadata service. */
export function endpointOf(registry: string, registries: Readonly<Record<string, RegistryOptions>>): Endpoint {
  const configured = Object.hasOwn(registries, registry) ? registries[registry] : undefined;
  const plainHttp = configured?.plainHttp === true;
  const base = new URL(`${plainHttp ? 'http' : 'https'}://${registry === 'docker.io' ? DOCKER_HUB_HOST : registry}`);
  const loopback = isLoopbackName(base.hostname);
  return {
    registry,
    origin: base.origin,
    host: base.host,
    plainHttp,
    caPem: configured?.caPem ?? null,
    ownReach: { loopback: loopback || configured !== undefined, linkLocal: configured !== undefined },
    otherReach: { loopback, linkLocal: false },
  };
}

/** Why a URL that a registry sent us to must not be followed; null when it may. */
export function refuseUrl(url: URL, endpoint: Endpoint, plainHttpHosts: 'same-host' | 'any-host'): string | null {
  if (url.protocol === 'https:') return null;
  if (url.protocol !== 'http:') return `the scheme ${url.protocol}// is not followed`;
  if (!endpoint.plainHttp) return 'it is unencrypted http';
  const sameHost = url.hostname === new URL(endpoint.origin).hostname;
  return sameHost || plainHttpHosts === 'any-host' ? null : 'it is unencrypted http on another host';
}

/** What may be connected to for a URL: the registry's own rules on its own host, the stricter ones elsewhere. */
export function reachFor(url: URL, endpoint: Endpoint): Reach {
  return url.hostname === new URL(endpoint.origin).hostname ? endpoint.ownReach : endpoint.otherReach;
}
