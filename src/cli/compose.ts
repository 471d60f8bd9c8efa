import type { SlackChat, SlackOptions } from '../../adapters/chat/slack/create-slack.ts';
import type { TeamsChat, TeamsOptions } from '../../adapters/chat/teams/create-teams.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import { createApplication, type RunningApplication } from '../app/application.ts';
import type { BuildTimes } from '../app/deps.ts';
import { neededConnections } from '../app/watching/needed-connections.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connection } from '../ports/connection.ts';
import type { Log } from '../ports/log.ts';
import { connectConfigured } from './connect-configured.ts';
import { openStore } from './open-store.ts';
import type { SlackSecrets } from './slack-secrets.ts';
import type { TeamsSecrets } from './teams-secrets.ts';
import { VERSION } from './version.ts';
import { type Telemetry, UNWATCHED, watch } from './watched.ts';

/** The wired program, not yet started. */
export interface Composition {
  readonly application: RunningApplication;
  readonly slack: SlackChat | null;
  readonly teams: TeamsChat | null;
  /** Without these the program is not ready. */
  readonly needed: readonly Connection[];
  /** What is begun from now on works with this configuration. Rejects with UsageError, and then nothing has changed. */
  reload(config: Config): Promise<void>;
  stop(): Promise<void>;
}

/** What a command adds to the configuration. */
export interface ComposeOptions {
  readonly log: Log;
  /** The SQLite file, or postgres://…; `:memory:` for a command that leaves nothing behind. */
  readonly store: string;
  /** For a command: what it begins is done by its own process, not by a replica that shares the store. */
  readonly alone?: boolean;
  readonly resetPractice: (() => Promise<void>) | null;
  /** Null for commands that need no chat. */
  readonly slack: SlackSecrets | null;
  readonly teams: TeamsSecrets | null;
  /** How long the numbers are followed after a recovery. Milliseconds. */
  readonly followForMs: number;
  /** Absent: nobody watches. */
  readonly telemetry?: Telemetry;
  /** Absent: as in production. */
  readonly builds?: BuildTimes;
  /** Absent: the machine's own. */
  readonly clock?: Clock;
}

const BUILDS: BuildTimes = { lookEveryMs: 5_000, waitForRunnerMs: 15 * 60_000, timeoutMs: 2 * 60 * 60_000 };

/** The composition root: a configuration in, the use cases over real adapters out. */
export async function compose(config: Config, options: ComposeOptions): Promise<Composition> {
  const { clock = systemClock } = options;
  const watched = watch(options.telemetry ?? UNWATCHED, options.log);
  const { log } = watched;
  const parts = { log, observe: watched.observe, followForMs: options.followForMs, clock };
  let configured = await connectConfigured(config, parts);
  const kinds = [...(options.slack ? ['slack'] : []), ...(options.teams ? ['teams'] : [])];
  const store = await openStore(options.store, log, clock, options.alone ?? false);
  const journal = watched.journal(store.journal, kinds);
  const claim = (key: string) => journal.claim(key, clock.now());
  const channels = config.chat.slack?.channels ?? null;
  const common = { log, clock, claim };
  const throttled = watched.throttled('slack');
  const slack = await connectSlack(options, { ...common, channels, throttled });
  const teams = await connectTeams(options, {
    ...common,
    publicUrl: config.publicUrl,
    throttled: watched.throttled('teams'),
  });
  const fixed = {
    journal,
    workflows: watched.workflows(store.workflows),
    chats: [slack, teams].filter((chat) => chat !== null),
    clock,
    ids: systemIds,
    log,
    builds: options.builds ?? BUILDS,
    publicUrl: config.publicUrl,
    version: VERSION,
    resetPractice: options.resetPractice,
  };
  const application = createApplication(() => ({ ...fixed, ...configured }));
  return {
    application,
    slack,
    teams,
    needed: neededConnections(journal, fixed.chats, systemIds),
    async reload(next) {
      configured = await connectConfigured(next, parts);
    },
    async stop() {
      await Promise.all([slack?.stop(), teams?.stop()]);
      await application.stop();
      await watched.stop();
      await journal.stop();
    },
  };
}

/** What a chat is made of is large: it is loaded only where that chat is served. */
async function connectSlack(
  { slack }: ComposeOptions,
  parts: Pick<SlackOptions, 'channels' | 'log' | 'clock' | 'claim' | 'throttled'>,
): Promise<SlackChat | null> {
  if (slack === null) return null;
  const { createSlack } = await import('../../adapters/chat/slack/create-slack.ts');
  return createSlack({ ...slack, ...parts });
}

async function connectTeams(
  { teams }: ComposeOptions,
  parts: Pick<TeamsOptions, 'publicUrl' | 'log' | 'clock' | 'claim' | 'throttled'>,
): Promise<TeamsChat | null> {
  if (teams === null) return null;
  const { createTeams } = await import('../../adapters/chat/teams/create-teams.ts');
  return createTeams({ ...teams, ...parts });
}
