import { createHash } from 'node:crypto';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import type { ImageSourceOptions, RegistryOptions } from '../../adapters/registry/oci/options.ts';
import type { ImageSource } from '../ports/image-source.ts';

type Logins = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

/** Sets of logins that are remembered with what was read by them. */
const REMEMBERED = 32;

/**
 * Gives the registries as seen with some logins beside the configured ones, which win: what was read with one set of
 * logins is never shown to another.
 */
export function createImageSources(options: ImageSourceOptions): (logins: Logins) => ImageSource {
  const plain = createImageSource(options);
  const sources = new Map<string, ImageSource>();
  return (logins) => {
    if (Object.keys(logins).length === 0) return plain;
    const key = createHash('sha256').update(JSON.stringify(logins)).digest('hex');
    const known = sources.get(key);
    if (known) return known;
    const source = createImageSource({ ...options, registries: merge(options.registries, logins) });
    sources.set(key, source);
    for (const oldest of sources.keys()) if (sources.size > REMEMBERED) sources.delete(oldest);
    return source;
  };
}

function merge(configured: ImageSourceOptions['registries'], logins: Logins): Record<string, RegistryOptions> {
  const hosts = new Set([...Object.keys(configured), ...Object.keys(logins)]);
  return Object.fromEntries([...hosts].map((host) => [host, { ...logins[host], ...configured[host] }]));
}
