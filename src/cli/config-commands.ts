import { configJsonSchema } from '../config/json-schema.ts';
import { UsageError } from './exit-status.ts';
import { findConfig } from './find-config.ts';
import { readConfig } from './load-config.ts';
import { printJson } from './terminal.ts';

export interface CheckConfigOptions {
  readonly config: string | null;
  /** Tries every connection too. */
  readonly connect: boolean;
  readonly json: boolean;
}

/**
 * `execfmt config check`: 0 when it is valid; every mistake otherwise, and 2. With `connect`: 1 when something that it connects to does
 * not work.
 */
export async function checkConfig({ config: option, connect, json }: CheckConfigOptions): Promise<number> {
  const file = findConfig(option);
  if (file === null) throw new UsageError('which configuration? Give --config FILE or set EXECFMT_CONFIG.');
  const config = await readConfig(file);
  if (connect) return (await import('./check-connections.ts')).checkConnections(file, config, json);
  if (json) {
    printJson({ file, valid: true });
    return 0;
  }
  const { hosts, clusters, services } = config;
  const count = (what: readonly unknown[], name: string) => `${what.length} ${name}${what.length === 1 ? '' : 's'}`;
  process.stdout.write(
    `${file} is valid: ${count(hosts, 'host')}, ${count(clusters, 'cluster')}, ${count(services, 'service')}.\n`,
  );
  return 0;
}

/** `execfmt config schema`: the JSON Schema, for editors. */
export function printSchema(): number {
  printJson(configJsonSchema());
  return 0;
}
