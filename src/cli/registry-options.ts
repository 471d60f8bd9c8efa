import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RegistryOptions } from '../../adapters/registry/oci/options.ts';
import { readSecret } from '../../adapters/system/read-secret.ts';
import type { RegistryConfig } from '../config/config.ts';
import { UsageError } from './exit-status.ts';
import { readPem } from './read-pem.ts';

/** Where `docker login` keeps its logins: in DOCKER_CONFIG, else in ~/.docker. */
export function dockerConfigPath(): string {
  return join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json');
}

/** Where listings of layers are kept between runs, as the XDG base directories have it. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'execfmt', 'layers');
}

/** How the configured registries are reached, with their secrets read. Rejects with UsageError when one cannot be read. */
export async function registryOptions(registries: readonly RegistryConfig[]): Promise<Record<string, RegistryOptions>> {
  const read = registries.map(
    async ({ host, credentials, ca, plainHttp, mirrors }): Promise<[string, RegistryOptions]> => {
      const password = credentials && (await readSecret(credentials.password, process.env));
      if (password?.kind === 'probe-failed') throw new UsageError(`registry ${host}: ${password.why.message}`);
      return [
        host,
        {
          plainHttp,
          mirrors,
          ...(credentials && password && { username: credentials.username, password: password.value }),
          ...(ca !== null && { caPem: readPem(ca, `registry ${host}`) }),
        },
      ];
    },
  );
  return Object.fromEntries(await Promise.all(read));
}
