import type { Config, SecretSource } from './config.ts';

/**
 * Makes every path of a configuration absolute: relative to `dir`, the folder of the file that names it. `~/` stands for
 * `home` when that is given.
 */
export function resolvePaths(config: Config, dir: string, home?: string): Config {
  const path = (text: string) => resolvePath(text, dir, home);
  const optional = (text: string | null) => (text === null ? null : path(text));
  const secret = (source: SecretSource): SecretSource =>
    source.kind === 'file' ? { kind: 'file', path: path(source.path) } : source;
  return {
    ...config,
    hosts: config.hosts.map((host) =>
      host.tls
        ? { ...host, tls: { ca: optional(host.tls.ca), cert: optional(host.tls.cert), key: optional(host.tls.key) } }
        : host,
    ),
    clusters: config.clusters.map((cluster) => ({ ...cluster, kubeconfig: optional(cluster.kubeconfig) })),
    registries: config.registries.map((registry) => ({
      ...registry,
      ca: optional(registry.ca),
      credentials: registry.credentials && {
        ...registry.credentials,
        password: secret(registry.credentials.password),
      },
    })),
    ci: config.ci.map((server) => ({
      ...server,
      ca: optional(server.ca),
      token: server.token && secret(server.token),
    })),
    chat: {
      ...config.chat,
      web: config.chat.web && {
        ...config.chat.web,
        people: config.chat.web.people.map((person) => ({ ...person, token: secret(person.token) })),
      },
    },
    store:
      config.store.kind === 'sqlite' && config.store.path !== ':memory:'
        ? { kind: 'sqlite', path: path(config.store.path) }
        : config.store,
    watch: {
      ...config.watch,
      traces: config.watch.traces && {
        ...config.watch.traces,
        headers: config.watch.traces.headers && secret(config.watch.traces.headers),
      },
    },
  };
}

function resolvePath(text: string, dir: string, home: string | undefined): string {
  if (home !== undefined && /^~[/\\]/.test(text)) return join(home, text.slice(2));
  return /^(?:\/|\\\\|[A-Za-z]:[/\\])/.test(text) ? text : join(dir, text);
}

/** Joins two paths and takes out `.` and `..`, in the manner of the folder's own system. */
function join(dir: string, path: string): string {
  const windows = /^(?:[A-Za-z]:[/\\]|\\\\)/.test(dir);
  const separators = windows ? /[/\\]/ : /\//;
  const separator = windows && dir.includes('\\') ? '\\' : '/';
  const parts = dir.replace(/[/\\]+$/, '').split(separators);
  for (const part of path.split(separators)) {
    if (part === '..' && parts.length > 1) parts.pop();
    else if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.length === 1 ? `${parts[0]}${separator}` : parts.join(separator);
}
