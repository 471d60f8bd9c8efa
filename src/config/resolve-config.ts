import type { Platform } from '../image/platform.ts';
import { parsePlatform } from '../image/platform.ts';
import type {
  ApprovalPolicyConfig,
  ChatConfig,
  CiConfig,
  ClusterConfig,
  Config,
  DockerHostConfig,
  ListenAddress,
  MetricsConfig,
  RegistryConfig,
  SecretSource,
  ServiceConfig,
  StoreConfig,
  TargetConfig,
  WatchConfig,
} from './config.ts';
import { parseDuration } from './duration.ts';
import type { ConfigDocument } from './schema.ts';
import { boundedPattern } from './secret-pattern.ts';

const DEFAULT_STORE = 'sqlite:./data/execfmt.db';
const DEFAULT_LISTEN = '127.0.0.1:3000';

type Section<K extends keyof ConfigDocument> = NonNullable<ConfigDocument[K]>;
type Entry<K extends 'hosts' | 'clusters' | 'registries' | 'ci' | 'metrics' | 'services' | 'approvals'> =
  Section<K>[string];

/** Fills in the defaults of a file that was checked before. */
export function resolveConfig(file: ConfigDocument): Config {
  return {
    hosts: named(file.hosts, resolveHost),
    clusters: named(file.clusters, resolveCluster),
    registries: named(file.registries, resolveRegistry),
    ci: named(file.ci, resolveCi),
    metrics: named(file.metrics, resolveMetrics),
    services: named(file.services, resolveService),
    approvals: named(file.approvals, resolvePolicy),
    chat: resolveChat(file.chat ?? {}),
    store: parseStore(file.store ?? DEFAULT_STORE),
    publicUrl: file.publicUrl?.replace(/\/+$/, '') ?? null,
    redact: (file.redact ?? []).map(({ name, pattern }) => ({ name, pattern: boundedPattern(pattern) })),
    verification: {
      stableForMs: milliseconds(file.verification?.stableFor ?? '10s'),
      timeoutMs: milliseconds(file.verification?.timeout ?? '5m'),
    },
    watch: resolveWatch(file.watch ?? {}),
  };
}

/** Reads `sqlite:<path>` or `postgres://…`, of the file or of DATABASE_URL; throws when it is neither. */
export function parseStore(text: string): StoreConfig {
  if (text.startsWith('sqlite:')) return { kind: 'sqlite', path: text.slice('sqlite:'.length) };
  if (/^postgres(ql)?:\/\//.test(text)) return { kind: 'postgres', url: text };
  throw new Error(
    'The store must be sqlite:<path> or postgres://…; see `store` in the configuration, or DATABASE_URL.',
  );
}

function named<T, R>(entries: Readonly<Record<string, T>> | undefined, resolve: (name: string, entry: T) => R): R[] {
  return Object.entries(entries ?? {}).map(([name, entry]) => resolve(name, entry));
}

function resolveHost(name: string, entry: Entry<'hosts'>): DockerHostConfig {
  const host = { name, docker: entry.docker, practice: false };
  if (!entry.tls) return host;
  return { ...host, tls: { ca: entry.tls.ca ?? null, cert: entry.tls.cert ?? null, key: entry.tls.key ?? null } };
}

function resolveCluster(name: string, entry: Entry<'clusters'>): ClusterConfig {
  return {
    name,
    kubeconfig: entry.kubeconfig ?? null,
    context: entry.context ?? null,
    namespaces: entry.namespaces ?? null,
  };
}

function resolveRegistry(host: string, entry: Entry<'registries'>): RegistryConfig {
  const password = secret(entry.passwordEnv, entry.passwordFile);
  return {
    host,
    credentials: entry.username !== undefined && password ? { username: entry.username, password } : null,
    ca: entry.ca ?? null,
    plainHttp: entry.plainHttp ?? false,
    mirrors: entry.mirrors ?? [],
    mirrorOf: entry.mirrorOf ?? null,
  };
}

function resolveCi(name: string, entry: Entry<'ci'>): CiConfig {
  const kind = entry.gitlab === undefined ? 'github' : 'gitlab';
  return {
    name,
    kind,
    url: trimmed(entry[kind]),
    token: secret(entry.tokenEnv, entry.tokenFile),
    ca: entry.ca ?? null,
  };
}

function resolveMetrics(name: string, entry: Entry<'metrics'>): MetricsConfig {
  if (entry.scrape !== undefined) return { name, kind: 'scrape', url: entry.scrape };
  return { name, kind: 'prometheus', url: trimmed(entry.prometheus) };
}

function resolveService(name: string, entry: Entry<'services'>): ServiceConfig {
  const { rebuild } = entry;
  return {
    name,
    image: entry.image ?? null,
    platforms: (entry.platforms ?? []).map(parsePlatform).filter((platform): platform is Platform => platform !== null),
    targets: (entry.targets ?? []).map(resolveTarget),
    rebuild: rebuild
      ? { ...rebuild, ref: rebuild.ref ?? null, job: rebuild.job ?? null, runner: rebuild.runner ?? null }
      : null,
    impact: (entry.impact ?? []).map((impact) => ({
      ...impact,
      recovers: impact.recovers ?? null,
      unit: impact.unit ?? null,
    })),
    approvals: entry.approvals ?? null,
  };
}

function resolveTarget(entry: NonNullable<Entry<'services'>['targets']>[number]): TargetConfig {
  const { host, container, cluster, namespace, workload } = entry;
  const own = entry.approvals === undefined ? {} : { approvals: entry.approvals };
  if (host !== undefined) return { kind: 'docker', host, container: container ?? '', ...own };
  return { kind: 'kubernetes', cluster: cluster ?? '', namespace: namespace ?? '', workload: workload ?? '', ...own };
}

function resolvePolicy(name: string, entry: Entry<'approvals'>): ApprovalPolicyConfig {
  return {
    name,
    approvers: entry.approvers,
    required: entry.required ?? 1,
    allowSelf: entry.allowSelf ?? false,
    expiresInMs: milliseconds(entry.expiresIn ?? '30m'),
  };
}

function resolveChat(chat: Section<'chat'>): ChatConfig {
  return {
    slack: chat.slack ? { channels: chat.slack.channels ?? null } : null,
    teams: chat.teams ? { kind: 'teams' } : null,
    web: chat.web
      ? {
          listen: parseListen(chat.web.listen ?? DEFAULT_LISTEN),
          people: (chat.web.people ?? []).flatMap(({ name, tokenEnv, tokenFile }) => {
            const token = secret(tokenEnv, tokenFile);
            return token ? [{ name, token }] : [];
          }),
        }
      : null,
  };
}

function resolveWatch({ metrics, traces }: Section<'watch'>): WatchConfig {
  const headers = secret(traces?.headersEnv, traces?.headersFile);
  return { metrics: resolveMetricsPage(metrics), traces: traces ? { otlp: trimmed(traces.otlp), headers } : null };
}

function resolveMetricsPage(metrics: Section<'watch'>['metrics']): WatchConfig['metrics'] {
  if (typeof metrics === 'object') return { kind: 'own-address', listen: parseListen(metrics.listen) };
  if (metrics === undefined) return { kind: 'this-machine' };
  return { kind: metrics ? 'anybody' : 'nobody' };
}

function parseListen(text: string): ListenAddress {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

function secret(env: string | undefined, file: string | undefined): SecretSource | null {
  if (env !== undefined) return { kind: 'env', name: env };
  return file === undefined ? null : { kind: 'file', path: file };
}

function trimmed(url: string | undefined): string {
  return (url ?? '').replace(/\/+$/, '');
}

function milliseconds(duration: string): number {
  const value = parseDuration(duration);
  if (value === null) throw new Error(`${duration} was not checked before it was used`);
  return value;
}
