import { fittingLogins, type RegistryCredentials, type RegistryLogin } from '../../../src/image/registry-login.ts';
import { readDockerLogin } from './docker-config.ts';
import type { Deadlines, ImageSourceOptions } from './options.ts';

/** Where a login is looked for. */
export interface Wanted {
  readonly registry: string;
  readonly repository: string;
  readonly signal: AbortSignal;
}

/**
 * The credentials that may be for a repository, to be tried in this order; none for anonymous. Each source is looked at
 * only when it is its turn: a credential helper is a program that runs.
 */
export type FindCredentials = (wanted: Wanted) => AsyncIterable<RegistryCredentials>;

/** A registry may lock an account, or us, out after too many wrong logins. */
const MOST_GIVEN = 4;

/** Finds what was given for this call, then what is configured, then what `docker login` left. */
export function credentialFinder(
  options: ImageSourceOptions,
  deadlines: Deadlines,
  given: readonly RegistryLogin[],
): FindCredentials {
  return async function* ({ registry, repository, signal }) {
    yield* fittingLogins(given, registry, repository).slice(0, MOST_GIVEN);
    const configured = Object.hasOwn(options.registries, registry) ? options.registries[registry] : undefined;
    if (configured?.username !== undefined && configured.password !== undefined) {
      yield { kind: 'password', username: configured.username, password: configured.password };
      return;
    }
    if (options.dockerConfigPath === null) return;
    const deadline = options.clock.deadline(deadlines.helper, signal);
    const left = await readDockerLogin(options.dockerConfigPath, registry, options.log, deadline);
    if (left !== null) yield left;
  };
}
