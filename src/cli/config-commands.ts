import { configJsonSchema } from '../config/schema.ts';
import { UsageError } from './exit-status.ts';
import { findConfig, readConfig } from './load-settings.ts';
import { printJson } from './terminal.ts';

/** `execfmt config check`: 0 when it is valid; every mistake otherwise, and 2. */
export async function checkConfig(option: string | null): Promise<number> {
  const file = findConfig(option);
  if (file === null) throw new UsageError('which configuration? Give --config FILE or set EXECFMT_CONFIG.');
  const { hosts, clusters, services } = readConfig(file);
  const count = (what: object, name: string) =>
    `${Object.keys(what).length} ${name}${Object.keys(what).length === 1 ? '' : 's'}`;
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
