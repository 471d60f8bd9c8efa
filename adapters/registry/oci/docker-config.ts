import { open } from 'node:fs/promises';
import { loginsIn } from '../../../src/image/docker-login.ts';
import { asObject, asText, asTextRecord, type JsonObject, parseJsonObject } from '../../../src/image/json-values.ts';
import { canonicalRegistry, type RegistryCredentials } from '../../../src/image/registry-login.ts';
import type { Log } from '../../../src/ports/log.ts';
import { askCredentialHelper } from './credential-helper.ts';

const LARGEST = 1024 * 1024;
/** Under this name `docker login` keeps the login of Docker Hub. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/**
 * The login for a registry as `docker login` left it: from the registry's own helper, the general one, or the file
 * itself, in the order of the Docker CLI. Null when there is none; what cannot be read is logged and is none.
 */
export async function readDockerLogin(
  path: string,
  registry: string,
  log: Log,
  signal: AbortSignal,
): Promise<RegistryCredentials | null> {
  const config = await readConfig(path, log);
  if (config === null) return null;
  const own = Object.entries(asTextRecord(config.credHelpers)).find(([key]) => registryOf(key) === registry)?.[1];
  const helper = own ?? asText(config.credsStore);
  if (helper) {
    const server = registry === 'docker.io' ? DOCKER_HUB_KEY : registry;
    const found = await askCredentialHelper(helper, server, log, signal);
    if (found !== null) return found;
  }
  const logins = loginsIn(asObject(config.auths) ?? {});
  return logins.find(({ scope }) => registryOf(scope) === registry)?.credentials ?? null;
}

async function readConfig(path: string, log: Log): Promise<JsonObject | null> {
  try {
    await using file = await open(path);
    const buffer = Buffer.alloc(LARGEST);
    const { bytesRead } = await file.read(buffer, 0, LARGEST, 0);
    const config = parseJsonObject(buffer.toString('utf8', 0, bytesRead));
    if (config === null) log.warn({ path }, 'the Docker configuration is no JSON object; its logins are not used');
    return config;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (typeof code !== 'string') throw error;
    if (code !== 'ENOENT') log.warn({ path, code }, 'the Docker configuration cannot be read; its logins are not used');
    return null;
  }
}

/** Keys are host names, or URLs as old versions wrote them; the Docker CLI ignores their paths. */
function registryOf(key: string): string {
  return canonicalRegistry(key.replace(/^https?:\/\//, '').replace(/\/.*$/, ''));
}
