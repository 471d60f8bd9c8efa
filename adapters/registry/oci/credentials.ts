import { readDockerLogin } from './docker-config.ts';
import type { Deadlines, ImageSourceOptions } from './options.ts';

/** What a registry knows us by. Never logged, never part of an error. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token (`identitytoken`). */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** A token that the registry itself takes (`registrytoken`). */
  | { readonly kind: 'registry-token'; readonly token: string };

/** The credentials for a registry: the configured ones, else those of `docker login`, else null for anonymous. */
export type FindCredentials = (registry: string, signal: AbortSignal) => Promise<Credentials | null>;

export function credentialFinder(options: ImageSourceOptions, deadlines: Deadlines): FindCredentials {
  return async (registry, signal) => {
    const configured = Object.hasOwn(options.registries, registry) ? options.registries[registry] : undefined;
    if (configured?.username !== undefined && configured.password !== undefined) {
      return { kind: 'password', username: configured.username, password: configured.password };
    }
    if (options.dockerConfigPath === null) return null;
    const deadline = options.clock.deadline(deadlines.helper, signal);
    return readDockerLogin(options.dockerConfigPath, registry, options.log, deadline);
  };
}
