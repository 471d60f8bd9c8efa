/** What a registry knows us by. Never logged, never part of an error. */
export type RegistryCredentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token (`identitytoken`). */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** A token that the registry itself takes (`registrytoken`). */
  | { readonly kind: 'registry-token'; readonly token: string };

/** A login, and what it is for. */
export interface RegistryLogin {
  /**
   * A registry, and where it is for a part of it only, how its repositories begin: `registry.corp.io`,
   * `registry.corp.io:5000/team`, `*.corp.io`. A URL, as old versions of Docker wrote it, is taken too.
   */
  readonly scope: string;
  readonly credentials: RegistryCredentials;
}

/**
 * The logins that may be for a repository, the most specific first and otherwise in their order, as the kubelet tries
 * them (kubernetes pkg/credentialprovider/keyring.go). `*` stands for characters of one part of a host's name.
 */
export function fittingLogins(
  logins: readonly RegistryLogin[],
  registry: string,
  repository: string,
): readonly RegistryCredentials[] {
  return logins
    .map(({ scope, credentials }) => ({ ...readScope(scope), credentials }))
    .filter(({ host, path }) => fitsHost(host, registry) && repository.startsWith(path))
    .sort((a, b) => b.path.length - a.path.length || wildcards(a.host) - wildcards(b.host))
    .map(({ credentials }) => credentials);
}

function readScope(scope: string): { host: string; path: string } {
  const [, host = '', path = ''] = /^(?:https?:\/\/)?([^/]*)\/?(.*)$/i.exec(scope.trim()) ?? [];
  // `/v1/` and `/v2/` are the API's own, not part of a repository's name.
  return { host: canonicalRegistry(host), path: path.replace(/^v[12](?:\/|$)/, '').replace(/(?<!\/)\/+$/, '') };
}

/** The name that references use for a registry: Docker Hub has several others. */
export function canonicalRegistry(host: string): string {
  const name = host.toLowerCase();
  return /^(?:index|registry-1)\.docker\.io$/.test(name) ? 'docker.io' : name;
}

const wildcards = (host: string): number => host.split('*').length - 1;

function fitsHost(pattern: string, host: string): boolean {
  if (!pattern.includes('*')) return pattern === host;
  const [patternName = '', patternPort] = splitPort(pattern);
  const [name = '', port] = splitPort(host);
  const parts = patternName.split('.');
  const hostParts = name.split('.');
  if (patternPort !== port || parts.length !== hostParts.length) return false;
  return parts.every((part, at) => fitsPart(part.split('*'), hostParts[at] ?? ''));
}

function splitPort(host: string): readonly [string, string | undefined] {
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return [name, port];
}

/** Whether the fixed pieces of a pattern come in this order in a text, the first at its start and the last at its end. */
function fitsPart(pieces: readonly string[], text: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
