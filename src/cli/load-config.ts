import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { readConfigFile } from '../../adapters/system/read-config-file.ts';
import type { Config } from '../config/config.ts';
import { formatMistake } from '../config/mistake.ts';
import { parseConfig } from '../config/parse-config.ts';
import { parseStore } from '../config/resolve-config.ts';
import { resolvePaths } from '../config/resolve-paths.ts';
import { UsageError } from './exit-status.ts';
import { findConfig } from './find-config.ts';
import { localEngine } from './local-engine.ts';

export const DEFAULT_LISTEN = { host: '127.0.0.1', port: 3000 };

/** Reads and validates a file; every mistake is told as `file:line:column key: what`. Paths come back absolute. */
export async function readConfig(path: string): Promise<Config> {
  const found = await readConfigFile(path);
  if (found.kind === 'probe-failed') throw new UsageError(`${found.why.target}: ${found.why.message}`);
  const { file, dir, text } = found.value;
  const parsed = parseConfig(text, file);
  if (parsed.ok) return withDatabaseUrl(resolvePaths(parsed.config, dir, homedir()));
  const { mistakes } = parsed;
  const count = `${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}`;
  throw new UsageError(`the configuration has ${count}:\n${mistakes.map(formatMistake).join('\n')}`);
}

/** The configuration of a command: a file, or without one the local engine and nothing else. */
export async function loadConfig(option: string | null): Promise<Config> {
  const file = findConfig(option);
  return file === null ? defaultConfig() : readConfig(file);
}

/** Without a configuration: the page on loopback, and the local Docker engine as host `local` when its socket is there; nobody may approve. */
export function defaultConfig(): Config {
  const docker = localEngine();
  return withDatabaseUrl({
    hosts: docker ? [{ name: 'local', docker, practice: false }] : [],
    clusters: [],
    registries: [],
    ci: [],
    metrics: [],
    services: [],
    approvals: [],
    chat: { slack: null, teams: null, web: { listen: DEFAULT_LISTEN, people: [] } },
    store: { kind: 'sqlite', path: resolve('data/execfmt.db') },
    publicUrl: null,
    redact: [],
    verification: { stableForMs: 10_000, timeoutMs: 300_000 },
    watch: { metrics: { kind: 'this-machine' }, traces: null },
  });
}

/** DATABASE_URL stands above `store`; a relative path in it is relative to the working directory. */
function withDatabaseUrl(config: Config): Config {
  const url = process.env.DATABASE_URL;
  if (!url) return config;
  const store = parseStore(url);
  return {
    ...config,
    store: store.kind === 'sqlite' && store.path !== ':memory:' ? { ...store, path: resolve(store.path) } : store,
  };
}

/** The store of a configuration: the path of its SQLite file, or its URL. */
export function storeOf({ store }: Config): string {
  return store.kind === 'sqlite' ? store.path : store.url;
}
