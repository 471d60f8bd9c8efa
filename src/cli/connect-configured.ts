import { createPrometheus } from '../../adapters/metrics/prometheus/prometheus.ts';
import { createScrape } from '../../adapters/metrics/scrape/scrape.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Deps } from '../app/deps.ts';
import type { ObserveProbes } from '../app/watching/observe-probes.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { ImageSource } from '../ports/image-source.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsSource } from '../ports/metrics.ts';
import { createRedact } from '../view/create-redact.ts';
import { connectClusters } from './connect-clusters.ts';
import { connectHosts } from './connect-hosts.ts';
import { connectPipelines } from './connect-pipelines.ts';
import { createImageSources } from './image-sources.ts';
import { cacheFolder, dockerConfigPath, registryOptions } from './registry-options.ts';
import { servicesOf } from './services-of.ts';

/** What the use cases are given that follows the configuration while the program runs. */
export type Configured = Pick<
  Deps,
  | 'services'
  | 'histories'
  | 'rebuilds'
  | 'mirrorOf'
  | 'estates'
  | 'swappers'
  | 'images'
  | 'metrics'
  | 'redact'
  | 'verification'
>;

const ESTATE = [
  'find',
  'names',
  'inspect',
  'host',
  'localImage',
  'localImages',
  'log',
  'earlierRuns',
  'changed',
  'pool',
  'history',
  'others',
  'images',
] as const;
const IMAGES = ['resolve', 'open', 'tags', 'provenance'] as const;

/** What connecting needs of the program. */
export interface ConfiguredParts {
  readonly log: Log;
  readonly observe: ObserveProbes;
  readonly followForMs: number;
  readonly clock: Clock;
}

/**
 * Reads the configuration's secrets and certificates, and makes what connects with them; nothing is connected yet. Rejects with
 * UsageError, without a secret in it.
 */
export async function connectConfigured(
  config: Config,
  { log, observe, followForMs, clock }: ConfiguredParts,
): Promise<Configured> {
  const services = servicesOf(config);
  const registries = await registryOptions(config.registries);
  const hosts = connectHosts(config.hosts, services, registries);
  const plain = createImageSources({
    registries,
    dockerConfigPath: dockerConfigPath(),
    cacheDir: cacheFolder(),
    log,
    clock,
  });
  const sources: typeof plain = (logins) => observed(plain(logins), observe);
  const clusters = connectClusters(config.clusters, services, sources);
  const { histories, rebuilds } = await connectPipelines(config, process.env);
  const estates = [...hosts.estates, ...clusters.estates];
  return {
    services,
    histories: mapped(histories, (history, name) => observe('ci', name, history, ['evidence'])),
    rebuilds,
    mirrorOf: new Map(config.registries.flatMap(({ host, mirrorOf }) => (mirrorOf ? [[host, mirrorOf]] : []))),
    estates: mapped(new Map(estates), (estate, name) => observe(estate.kind, name, estate, ESTATE)),
    swappers: new Map([...hosts.swappers, ...clusters.swappers]),
    images: sources({}),
    metrics: mapped(metricsOf(config), (source, name) => observe('metrics', name, source, ['read'])),
    redact: createRedact(config.redact),
    verification: { ...config.verification, followForMs },
  };
}

/** Also as a pod's own logins see them. */
function observed(images: ImageSource, observe: ObserveProbes): ImageSource {
  const timed = observe('registry', 'registries', images, IMAGES);
  return { ...timed, withLogins: (logins) => observed(images.withLogins(logins), observe) };
}

function mapped<V>(from: ReadonlyMap<string, V>, change: (value: V, name: string) => V): ReadonlyMap<string, V> {
  return new Map([...from].map(([name, value]) => [name, change(value, name)]));
}

/** The configured sources of numbers. */
export function metricsOf(config: Pick<Config, 'metrics'>): ReadonlyMap<string, MetricsSource> {
  return new Map(
    config.metrics.map(({ name, kind, url }) => {
      const source = { name, url, clock: systemClock };
      return [name, kind === 'scrape' ? createScrape(source) : createPrometheus(source)];
    }),
  );
}
