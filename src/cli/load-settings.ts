import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Service } from '../app/deps.ts';
import type { ApprovalPolicy } from '../approval/may-approve.ts';
import { parseDuration } from '../config/duration.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { WrittenConfig } from '../config/schema.ts';
import { UsageError } from './exit-status.ts';
import {
  DEFAULT_LISTEN,
  DEFAULT_VERIFICATION,
  type HostSettings,
  type MetricsSettings,
  type RegistrySettings,
  type Settings,
} from './settings.ts';

const LOCAL_SOCKET = '/var/run/docker.sock';
const DEFAULT_STORE = 'data/execfmt.db';

/** The file that configures the program: the option, else EXECFMT_CONFIG; null when there is none. Absolute. */
export function findConfig(option: string | null): string | null {
  const named = option ?? (process.env.EXECFMT_CONFIG || null);
  return named === null ? null : resolve(named);
}

/** Reads and validates a file; every mistake is told as `file:line:column key: what`. */
export function readConfig(file: string): WrittenConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `the configuration ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      { cause: error },
    );
  }
  const parsed = parseConfig(text, file);
  if (parsed.ok) return parsed.config;
  const lines = parsed.mistakes.map(
    ({ line, column, key, what }) => `${file}:${line}:${column} ${key ? `${key}: ` : ''}${what}`,
  );
  throw new UsageError(
    `the configuration has ${lines.length} mistake${lines.length === 1 ? '' : 's'}:\n${lines.join('\n')}`,
  );
}

/** The settings of a command: out of the configuration, or without one the local engine and nothing else. */
export async function loadSettings(option: string | null): Promise<Settings> {
  const file = findConfig(option);
  return file === null
    ? { ...(await defaultSettings()), store: ':memory:' }
    : settingsOf(readConfig(file), dirname(file));
}

/** Without a configuration: the local Docker engine as host `local`, when its socket is there; nobody may approve. */
export async function defaultSettings(): Promise<Settings> {
  const docker = localEngine();
  return {
    hosts: docker ? [{ name: 'local', docker, tls: null, practice: false }] : [],
    registries: [],
    metrics: [],
    services: [],
    store: resolve(DEFAULT_STORE),
    slackChannels: null,
    listen: DEFAULT_LISTEN,
    page: true,
    publicUrl: null,
    verification: DEFAULT_VERIFICATION,
  };
}

/** The engine that the docker command would use here: DOCKER_HOST, else the usual socket when it is there. */
function localEngine(): string | null {
  const named = process.env.DOCKER_HOST;
  if (named && /^(unix|tcp|ssh):\/\//.test(named)) return named;
  return statSync(LOCAL_SOCKET, { throwIfNoEntry: false })?.isSocket() ? `unix://${LOCAL_SOCKET}` : null;
}

/** The file of the store, for commands that only read it. */
export async function storePath(option: string | null): Promise<string> {
  const file = findConfig(option);
  return file === null ? resolve(DEFAULT_STORE) : settingsOf(readConfig(file), dirname(file)).store;
}

/** A valid configuration as settings: paths absolute, relative to the folder of the file that names them. */
export function settingsOf(config: WrittenConfig, folder: string): Settings {
  const absolute = (path: string) => resolve(folder, path.replace(/^~(?=\/)/, homedir()));
  const web = config.chat.web;
  return {
    hosts: Object.entries(config.hosts).map(([name, { docker, tls }]): HostSettings => {
      return {
        name,
        docker,
        tls: tls ? { ca: absolute(tls.ca), cert: absolute(tls.cert), key: absolute(tls.key) } : null,
        practice: false,
      };
    }),
    registries: Object.entries(config.registries).map(([name, registry]): RegistrySettings => {
      const { username, passwordEnv, passwordFile, ca, plainHttp } = registry;
      const password = passwordEnv ? { env: passwordEnv } : passwordFile ? { file: absolute(passwordFile) } : null;
      return {
        name,
        username: username ?? null,
        password,
        plainHttp: plainHttp ?? false,
        ca: ca ? absolute(ca) : null,
      };
    }),
    metrics: Object.entries(config.metrics).map(([name, source]): MetricsSettings => {
      return 'scrape' in source
        ? { name, kind: 'scrape', url: source.scrape }
        : { name, kind: 'prometheus', url: source.prometheus };
    }),
    services: Object.entries(config.services).map(([name, service]) => serviceOf(name, service, config)),
    store: storeOf(config.store, absolute),
    slackChannels: config.chat.slack?.channels ?? null,
    listen: web?.listen ?? DEFAULT_LISTEN,
    page: web !== undefined,
    publicUrl: config.publicUrl ?? null,
    verification: {
      ...DEFAULT_VERIFICATION,
      ...(config.verification?.stableFor && { stableForMs: milliseconds(config.verification.stableFor) }),
      ...(config.verification?.timeout && { timeoutMs: milliseconds(config.verification.timeout) }),
    },
  };
}

function storeOf(store: string, absolute: (path: string) => string): string {
  const written = process.env.DATABASE_URL || store;
  if (!written.startsWith('sqlite:'))
    throw new UsageError('a store in PostgreSQL is not supported yet: use sqlite:./data/execfmt.db');
  const path = written.slice('sqlite:'.length);
  return path === ':memory:' ? path : absolute(path);
}

function serviceOf(name: string, service: WrittenConfig['services'][string], config: WrittenConfig): Service {
  return {
    name,
    targets: service.targets.map((target) =>
      'host' in target
        ? { estate: target.host, name: target.container }
        : { estate: target.cluster, name: `${target.namespace}/${target.workload}` },
    ),
    impact: (service.impact ?? []).map(({ metrics, name: label, series, recovers, unit }) => {
      return { source: metrics, name: label, series, recovers: recovers ?? null, unit: unit ?? null };
    }),
    approvals: service.approvals ? policyOf(service.approvals, config) : null,
  };
}

function policyOf(name: string, config: WrittenConfig): ApprovalPolicy | null {
  const policy = config.approvals[name];
  if (!policy) return null;
  const { approvers, required, allowSelf, expiresIn } = policy;
  return { name, approvers, required, allowSelf, expiresInMs: milliseconds(expiresIn) };
}

/** The schema has checked that it is a duration. */
function milliseconds(duration: string): number {
  return parseDuration(duration) ?? 0;
}
