import { resolve } from 'node:path';
import { readConfigFile } from '../../adapters/system/read-config-file.ts';
import { watchFiles } from '../../adapters/system/watch-files.ts';
import type { Config, SecretSource } from '../config/config.ts';
import type { Log } from '../ports/log.ts';
import type { Meter } from '../ports/meter.ts';
import { UsageError } from './exit-status.ts';
import { readConfig } from './load-config.ts';
import { needRestart } from './need-restart.ts';

/** What following a configuration needs. */
export interface FollowParts {
  /** As it was named on the command line. */
  readonly file: string;
  /** With which the program was started. */
  readonly config: Config;
  readonly log: Log;
  readonly meter: Meter;
  /** Makes it count. Rejects with UsageError, and then the old one still counts. */
  readonly apply: (config: Config) => Promise<void>;
}

/** Reads the configuration again on SIGHUP, and when its file or one of the files with its secrets changes. Gives the function that ends it. */
export async function followConfig({ file, config, log, meter, apply }: FollowParts): Promise<() => void> {
  const reloads = meter.counter({
    name: 'execfmt_config_reloads_total',
    help: 'How often the configuration was read again, by outcome: applied or refused.',
    labels: ['outcome'],
  });
  let good = true;
  meter.gauge(
    {
      name: 'execfmt_config_last_reload_successful',
      help: '0 while the configuration file has mistakes and an older one is in use.',
      labels: [],
    },
    () => [{ labels: {}, value: good ? 1 : 0 }],
  );
  const first = config;
  let last: Promise<void> = Promise.resolve();

  const reload = async (why: string) => {
    try {
      await refuseEmpty(file);
      const next = await readConfig(file);
      await apply(next);
      await files.follow(filesOf(file, next));
      good = true;
      reloads({ outcome: 'applied' });
      const later = needRestart(first, next);
      log.info({ file, why }, 'the configuration was read again; what is under way ends on the old one');
      if (later.length > 0) log.warn({ keys: later }, 'these have changed too, and take effect at the next start only');
    } catch (error) {
      good = false;
      reloads({ outcome: 'refused' });
      refuse(log, file, error);
    }
  };
  const next = (why: string) => {
    last = last.then(() => reload(why));
  };
  const files = watchFiles(() => next('a file has changed'));
  const hangUp = () => next('SIGHUP');
  process.on('SIGHUP', hangUp);
  await files.follow(filesOf(file, config));
  return () => {
    process.off('SIGHUP', hangUp);
    files.stop();
  };
}

/** A file without anything in it is a configuration too, but hardly one that a running program should take up. */
async function refuseEmpty(file: string): Promise<void> {
  const found = await readConfigFile(file);
  if (found.kind === 'known' && found.value.text.trim() === '') throw new UsageError(`${file} is empty`);
}

/** Each mistake is a line of its own, with file, line and column. */
function refuse(log: Log, file: string, error: unknown): void {
  if (!(error instanceof UsageError)) {
    log.error({ file, error: error instanceof Error ? error.stack : String(error) }, 'the configuration was not read');
    return;
  }
  for (const mistake of error.message.split('\n')) log.error({ file, mistake }, 'the new configuration has a mistake');
  log.error({ file }, 'the new configuration is not used; the old one stays');
}

/** The file, and those with secrets and certificates that it names. */
function filesOf(file: string, { hosts, registries, ci }: Config): readonly string[] {
  const secret = (source: SecretSource | null) => (source?.kind === 'file' ? [source.path] : []);
  const pem = (path: string | null | undefined) => (path ? [path] : []);
  return [
    resolve(file),
    ...hosts.flatMap(({ tls }) => [...pem(tls?.ca), ...pem(tls?.cert), ...pem(tls?.key)]),
    ...registries.flatMap(({ ca, credentials }) => [...pem(ca), ...secret(credentials?.password ?? null)]),
    ...ci.flatMap(({ ca, token }) => [...pem(ca), ...secret(token)]),
  ];
}
