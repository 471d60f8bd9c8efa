import { open } from 'node:fs/promises';
import { asObject, asText, asTextRecord, type JsonObject, parseJsonObject } from '../../../src/image/json-values.ts';
import type { Log } from '../../../src/ports/log.ts';
import { askCredentialHelper } from './credential-helper.ts';
import type { Credentials } from './credentials.ts';

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
): Promise<Credentials | null> {
  const config = await readConfig(path, log);
  if (config === null) return null;
  const own = Object.entries(asTextRecord(config.credHelpers)).find(([key]) => namesRegistry(key, registry))?.[1];
  const helper = own ?? asText(config.credsStore);
  if (helper) {
    const server = registry === 'docker.io' ? DOCKER_HUB_KEY : registry;
    const found = await askCredentialHelper(helper, server, log, signal);
    if (found !== null) return found;
  }
  const auths = Object.entries(asObject(config.auths) ?? {});
  return loginOf(asObject(auths.find(([key]) => namesRegistry(key, registry))?.[1]));
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

/** Keys are host names, or URLs as old versions wrote them; Docker Hub has several names. */
function namesRegistry(key: string, registry: string): boolean {
  const host = (name: string) =>
    name
      .replace(/^https?:\/\//, '')
      .replace(/\/.*$/, '')
      .toLowerCase();
  const canonical = (name: string) => (/^(?:index|registry-1)\.docker\.io$/.test(name) ? 'docker.io' : name);
  return canonical(host(key)) === registry;
}

function loginOf(entry: JsonObject | null): Credentials | null {
  if (entry === null) return null;
  const identity = asText(entry.identitytoken);
  if (identity) return { kind: 'identity-token', token: identity };
  const registryToken = asText(entry.registrytoken);
  if (registryToken) return { kind: 'registry-token', token: registryToken };
  const [username, password] = userAndPassword(asText(entry.auth)) ?? [asText(entry.username), asText(entry.password)];
  return username && password ? { kind: 'password', username, password } : null;
}

function userAndPassword(auth: string | null): readonly [string, string] | null {
  if (!auth) return null;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  // The Docker CLI pads some with NUL.
  return colon > 0 ? [text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, '')] : null;
}
