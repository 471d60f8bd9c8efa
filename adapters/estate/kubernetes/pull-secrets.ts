import { asObject, asText, parseJsonObject } from '../../../src/image/json-values.ts';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Api } from './api.ts';
import type { PodDocument, SecretDocument } from './documents.ts';
import { RESOURCES } from './resources.ts';

/** Logins by registry, as the pod's own pull secrets have them. Never logged, never part of an error. */
export type RegistryLogins = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

const SECRETS_CAP = 8;

/**
 * The logins that the kubelet would pull a pod's image with. The admission controller has written those of the service
 * account into the pod. A secret that may not be read or is gone is passed over: the registry says whether it was needed.
 */
export async function readPullSecrets(api: Api, pod: PodDocument, signal: AbortSignal): Promise<RegistryLogins> {
  const namespace = pod.metadata?.namespace ?? '';
  const names = (pod.spec?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []).slice(0, SECRETS_CAP);
  const secrets = await Promise.all(names.map((name) => readSecret(api, namespace, name, signal)));
  // The first that names a registry counts, as for the kubelet.
  return Object.assign({}, ...secrets.reverse().map((secret) => (secret === null ? {} : loginsOf(secret))));
}

async function readSecret(
  api: Api,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<SecretDocument | null> {
  try {
    return await api.getIfThere({ verb: 'get', resource: RESOURCES.secrets, namespace, name }, signal);
  } catch (error) {
    if (error instanceof ProbeError && error.why.code === 'denied') return null;
    throw error;
  }
}

function loginsOf({ data }: SecretDocument): RegistryLogins {
  const config = parse(data?.['.dockerconfigjson']);
  const auths = asObject(config?.auths) ?? parse(data?.['.dockercfg']) ?? {};
  const entries = Object.entries(auths).flatMap(([key, value]) => {
    const login = loginOf(asObject(value) ?? {});
    return login === null ? [] : [[registryOf(key), login] as const];
  });
  return Object.fromEntries(entries);
}

function parse(base64: string | undefined) {
  return base64 === undefined ? null : parseJsonObject(Buffer.from(base64, 'base64').toString('utf8'));
}

function loginOf(entry: Readonly<Record<string, unknown>>): { username: string; password: string } | null {
  const auth = Buffer.from(asText(entry.auth) ?? '', 'base64').toString('utf8');
  const colon = auth.indexOf(':');
  const username = asText(entry.username) || auth.slice(0, Math.max(colon, 0));
  const password = asText(entry.password) || (colon > 0 ? auth.slice(colon + 1) : '');
  return username && password ? { username, password } : null;
}

/** Keys are hosts or addresses; Docker Hub has several names. */
function registryOf(key: string): string {
  const host = key
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  return /^(?:index|registry-1)\.docker\.io$/.test(host) ? 'docker.io' : host;
}
