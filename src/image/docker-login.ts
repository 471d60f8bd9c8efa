import { decodeBase64Text } from './base64.ts';
import { asObject, asText, type JsonObject, parseJsonObject } from './json-values.ts';
import type { RegistryCredentials, RegistryLogin } from './registry-login.ts';

/** The two types of Kubernetes Secrets that hold logins of registries, and the one key of their data. */
export const PULL_SECRET_KEYS = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
} as const;

export type PullSecretType = keyof typeof PULL_SECRET_KEYS;

const LARGEST_SECRET = 1024 * 1024;

/**
 * The logins in a pull secret of Kubernetes: the decoded bytes under the key of its type. Null when they are no JSON
 * object. Helpers that such a file may name are not looked at: the kubelet does not either.
 */
export function loginsOfPullSecret(type: PullSecretType, bytes: Uint8Array): readonly RegistryLogin[] | null {
  if (bytes.length > LARGEST_SECRET) return null;
  const document = parseJsonObject(new TextDecoder().decode(bytes));
  if (document === null) return null;
  return loginsIn(type === 'kubernetes.io/dockercfg' ? document : (asObject(document.auths) ?? {}));
}

/** The logins of an `auths` object, in its order; entries that hold none are left out. */
export function loginsIn(auths: JsonObject): readonly RegistryLogin[] {
  return Object.entries(auths).flatMap(([scope, entry]) => {
    const credentials = credentialsOf(asObject(entry) ?? {});
    return credentials === null ? [] : [{ scope, credentials }];
  });
}

/** One entry of `auths` as the Docker CLI writes it (docker/cli, configfile and types.AuthConfig). */
function credentialsOf(entry: JsonObject): RegistryCredentials | null {
  const identity = asText(entry.identitytoken);
  if (identity) return { kind: 'identity-token', token: identity };
  const registryToken = asText(entry.registrytoken);
  // It is sent as it is, in a header.
  if (registryToken && /^[\x21-\x7e]+$/.test(registryToken)) return { kind: 'registry-token', token: registryToken };
  const [username, password] = userAndPassword(asText(entry.auth)) ?? [asText(entry.username), asText(entry.password)];
  return username && password ? { kind: 'password', username, password } : null;
}

function userAndPassword(auth: string | null): readonly [string, string] | null {
  const text = auth ? decodeBase64Text(auth) : null;
  const colon = text?.indexOf(':') ?? -1;
  // The Docker CLI pads some with NUL.
  return text && colon > 0 ? [text.slice(0, colon), text.slice(colon + 1).replace(/(?<!\0)\0+$/, '')] : null;
}
