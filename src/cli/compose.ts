import { createSlack, type SlackChat } from '../../adapters/chat/slack/create-slack.ts';
import type { TeamsChat, TeamsOptions } from '../../adapters/chat/teams/create-teams.ts';
import { createLocalWorkflows } from '../../adapters/durable/local/workflows.ts';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { createPrometheus } from '../../adapters/metrics/prometheus/prometheus.ts';
import { createScrape } from '../../adapters/metrics/scrape/scrape.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import { createApplication, type RunningApplication } from '../app/application.ts';
import type { BuildTimes } from '../app/deps.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsSource } from '../ports/metrics.ts';
import { createRedact } from '../view/create-redact.ts';
import { connectClusters } from './connect-clusters.ts';
import { connectHosts } from './connect-hosts.ts';
import { connectPipelines } from './connect-pipelines.ts';
import { createImageSources } from './image-sources.ts';
import { cacheFolder, dockerConfigPath, registryOptions } from './registry-options.ts';
import { servicesOf } from './services-of.ts';
import type { SlackSecrets } from './slack-secrets.ts';
import type { TeamsSecrets } from './teams-secrets.ts';
import { VERSION } from './version.ts';

/** The wired program, not yet started. */
export interface Composition {
  readonly application: RunningApplication;
  readonly slack: SlackChat | null;
  readonly teams: TeamsChat | null;
  stop(): Promise<void>;
}

/** What a command adds to the configuration. */
export interface ComposeOptions {
  readonly log: Log;
  /** The SQLite file; `:memory:` for a command that leaves nothing behind. */
  readonly store: string;
  readonly resetPractice: (() => Promise<void>) | null;
  /** Null for commands that need no chat. */
  readonly slack: SlackSecrets | null;
  readonly teams: TeamsSecrets | null;
  /** How long the numbers are followed after a recovery. Milliseconds. */
  readonly followForMs: number;
  /** Absent: as in production. */
  readonly builds?: BuildTimes;
  /** Absent: the machine's own. */
  readonly clock?: Clock;
}

const BUILDS: BuildTimes = { lookEveryMs: 5_000, waitForRunnerMs: 15 * 60_000, timeoutMs: 2 * 60 * 60_000 };

/** The composition root: a configuration in, the use cases over real adapters out. */
export async function compose(config: Config, options: ComposeOptions): Promise<Composition> {
  const { log, store, clock = systemClock } = options;
  const services = servicesOf(config);
  const registries = await registryOptions(config.registries);
  const hosts = connectHosts(config.hosts, services, registries);
  const sources = createImageSources({
    registries,
    dockerConfigPath: dockerConfigPath(),
    cacheDir: cacheFolder(),
    log,
    clock,
  });
  const clusters = connectClusters(config.clusters, services, sources);
  const journal = openSqliteJournal(store);
  const claim = (key: string) => journal.claim(key, clock.now());
  const channels = config.chat.slack?.channels ?? null;
  const slack = options.slack && createSlack({ ...options.slack, channels, log, clock, claim });
  const teams = await connectTeams(options, { publicUrl: config.publicUrl, log, clock, claim });
  const { histories, rebuilds } = await connectPipelines(config, process.env);
  const application = createApplication({
    services,
    histories,
    rebuilds,
    mirrorOf: new Map(config.registries.flatMap(({ host, mirrorOf }) => (mirrorOf ? [[host, mirrorOf]] : []))),
    estates: new Map([...hosts.estates, ...clusters.estates]),
    swappers: new Map([...hosts.swappers, ...clusters.swappers]),
    images: sources({}),
    metrics: metricsOf(config),
    journal,
    workflows: createLocalWorkflows({ path: store, clock, log }),
    chats: [slack, teams].filter((chat) => chat !== null),
    clock,
    ids: systemIds,
    log,
    redact: createRedact(config.redact),
    builds: options.builds ?? BUILDS,
    verification: { ...config.verification, followForMs: options.followForMs },
    publicUrl: config.publicUrl,
    version: VERSION,
    resetPractice: options.resetPractice,
  });
  return {
    application,
    slack,
    teams,
    async stop() {
      await Promise.all([slack?.stop(), teams?.stop()]);
      await application.stop();
      await journal.stop();
    },
  };
}

/** botbuilder is large: it is loaded only where Teams is served. */
async function connectTeams(
  { teams }: ComposeOptions,
  parts: Pick<TeamsOptions, 'publicUrl' | 'log' | 'clock' | 'claim'>,
): Promise<TeamsChat | null> {
  if (teams === null) return null;
  const { createTeams } = await import('../../adapters/chat/teams/create-teams.ts');
  return createTeams({ ...teams, ...parts });
}

function metricsOf(config: Config): ReadonlyMap<string, MetricsSource> {
  return new Map(
    config.metrics.map(({ name, kind, url }) => {
      const source = { name, url, clock: systemClock };
      return [name, kind === 'scrape' ? createScrape(source) : createPrometheus(source)];
    }),
  );
}
