import { problem } from '../../../src/playbook/answer.ts';
import { isLoopbackName, type Reach } from '../../http/reachable-address.ts';
import type { RegistryOptions } from './options.ts';

/** Where a registry listens, and what its answers may make us connect to. */
export interface Endpoint {
  readonly registry: string;
  /** Without a trailing slash. */
  readonly origin: string;
  readonly host: string;
  readonly plainHttp: boolean;
  readonly caPem: string | null;
  /** How often a request is made that it cannot answer now. */
  readonly attempts: number;
  /** Of the registry itself. */
  readonly ownReach: Reach;
  /** Of the hosts it sends us to: token services and blob storage. */
  readonly otherReach: Reach;
}

/** Docker Hub's registry does not listen under the name that its references have. */
const DOCKER_HUB_HOST = 'registry-1.docker.io';

const ATTEMPTS = 4;

/** The endpoint of a registry: a configured one may stand anywhere, one that only a reference names not at a metadata service. Throws ProbeError. */
export function endpointOf(registry: string, registries: Readonly<Record<string, RegistryOptions>>): Endpoint {
  const configured = Object.hasOwn(registries, registry) ? (registries[registry] ?? null) : null;
  return make(registry, configured ?? {}, configured !== null, ATTEMPTS);
}

/** The endpoint of a mirror, which is configured by being named as one. It is asked once, as there is another place to go to. */
export function mirrorEndpoint(host: string, registries: Readonly<Record<string, RegistryOptions>>): Endpoint {
  return make(host, (Object.hasOwn(registries, host) && registries[host]) || {}, true, 1);
}

function make(registry: string, options: RegistryOptions, configured: boolean, attempts: number): Endpoint {
  const plainHttp = options.plainHttp === true;
  const base = URL.parse(`${plainHttp ? 'http' : 'https'}://${registry === 'docker.io' ? DOCKER_HUB_HOST : registry}`);
  // The grammar of references allows a few names that no host can have: 1.2.3.256.
  if (base === null) throw problem('invalid', registry, 'this is no name that a host can have. Check its spelling.');
  const loopback = isLoopbackName(base.hostname);
  return {
    registry,
    origin: base.origin,
    host: base.host,
    plainHttp,
    caPem: options.caPem ?? null,
    attempts,
    ownReach: { loopback: loopback || configured, linkLocal: configured },
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
