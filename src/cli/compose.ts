import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSlack, type SlackChat } from '../../adapters/chat/slack/create-slack.ts';
import { createLocalWorkflows } from '../../adapters/durable/local/create-local-workflows.ts';
import { connect } from '../../adapters/estate/docker/connect.ts';
import { createDockerEstate } from '../../adapters/estate/docker/estate.ts';
import { createDockerSwapper } from '../../adapters/estate/docker/image-swapper.ts';
import { openSqliteJournal } from '../../adapters/journal/sqlite/open-sqlite-journal.ts';
import { createPrometheus } from '../../adapters/metrics/prometheus/prometheus.ts';
import { createScrape } from '../../adapters/metrics/scrape/scrape.ts';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import { readSecret } from '../../adapters/system/read-secret.ts';
import { createApplication, type RunningApplication } from '../app/application.ts';
import type { Deps } from '../app/deps.ts';
import type { Estate } from '../ports/estate.ts';
import type { ImageSwapper } from '../ports/image-swap.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import { redact } from '../view/redact.ts';
import { UsageError } from './exit-status.ts';
import type { HostSettings, RegistrySettings, Settings } from './settings.ts';

/** The wired program, not yet started. */
export interface Composition {
  readonly application: RunningApplication;
  readonly journal: Journal;
  readonly slack: SlackChat | null;
  stop(): Promise<void>;
}

/** What a command adds to the settings. */
export interface ComposeOptions {
  readonly log: Log;
  readonly resetPractice: (() => Promise<void>) | null;
  /** Slack's secrets, from the environment; null for commands that need no chat. */
  readonly slack: SlackSecrets | null;
}

export interface SlackSecrets {
  readonly botToken: string;
  readonly appToken: string | null;
  readonly signingSecret: string | null;
  readonly apiUrl: string | null;
}

/** The composition root: settings in, the use cases over real adapters out. */
export function compose(settings: Settings, options: ComposeOptions): Composition {
  const { log } = options;
  const journal = openSqliteJournal(settings.store);
  const workflows = createLocalWorkflows({ path: settings.store, clock: systemClock, log });
  const slack =
    options.slack &&
    createSlack({
      ...options.slack,
      channels: settings.slackChannels,
      log,
      clock: systemClock,
      claim: (key) => journal.claim(key, systemClock.now()),
    });
  const { estates, swappers } = wireHosts(settings);
  const deps: Deps = {
    services: new Map(settings.services.map((service) => [service.name, service])),
    estates,
    swappers,
    images: createImageSource({
      registries: Object.fromEntries(settings.registries.map((registry) => [registry.name, registryOptions(registry)])),
      dockerConfigPath: join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json'),
      log,
      clock: systemClock,
    }),
    metrics: new Map(
      settings.metrics.map(({ name, kind, url }) => [
        name,
        kind === 'scrape'
          ? createScrape({ name, url, clock: systemClock })
          : createPrometheus({ name, url, clock: systemClock }),
      ]),
    ),
    journal,
    workflows,
    chats: slack ? [slack] : [],
    clock: systemClock,
    ids: systemIds,
    log,
    redact,
    verification: settings.verification,
    resetPractice: options.resetPractice,
  };
  const application = createApplication(deps);
  return {
    application,
    journal,
    slack,
    async stop() {
      await slack?.stop();
      await application.stop();
      await journal.stop();
    },
  };
}

/** A host that no service with approvals runs on is not given the means to be changed. */
function wireHosts(settings: Settings): { estates: Map<string, Estate>; swappers: Map<string, ImageSwapper> } {
  const changeable = new Set(
    settings.services
      .filter(({ approvals }) => approvals && approvals.approvers.length > 0)
      .flatMap(({ targets }) => targets.map(({ estate }) => estate)),
  );
  const estates = new Map<string, Estate>();
  const swappers = new Map<string, ImageSwapper>();
  for (const host of settings.hosts) {
    const client = connectTo(host);
    estates.set(
      host.name,
      createDockerEstate({ name: host.name, practice: host.practice, client, clock: systemClock }),
    );
    if (changeable.has(host.name))
      swappers.set(host.name, createDockerSwapper({ name: host.name, client, clock: systemClock }));
  }
  return { estates, swappers };
}

function connectTo({ name, docker, tls }: HostSettings) {
  try {
    return connect({
      docker,
      ...(tls && { tls: { ca: readFileSync(tls.ca), cert: readFileSync(tls.cert), key: readFileSync(tls.key) } }),
    });
  } catch (error) {
    throw new UsageError(`host ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function registryOptions({ name, username, password, plainHttp, ca }: RegistrySettings) {
  try {
    const secret = password && readSecret(password);
    return {
      plainHttp,
      ...(username !== null && { username }),
      ...(secret !== null && { password: secret }),
      ...(ca !== null && { caPem: readFileSync(ca, 'utf8') }),
    };
  } catch (error) {
    throw new UsageError(`registry ${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
