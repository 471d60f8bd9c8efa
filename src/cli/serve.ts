import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createWebPage } from '../../adapters/chat/web/index.ts';
import type { SignInPerson } from '../../adapters/chat/web/sessions.ts';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../ports/log.ts';
import { type Composition, compose } from './compose.ts';
import { UsageError } from './exit-status.ts';
import { findConfig } from './find-config.ts';
import { DEFAULT_LISTEN, loadConfig, storeOf } from './load-config.ts';
import { pagePeople } from './page-people.ts';
import { withPractice } from './practice-config.ts';
import { createProgramLog } from './program-log.ts';
import type { WatchPages } from './serve-watch.ts';
import { slackSecrets } from './slack-secrets.ts';
import { teamsSecrets } from './teams-secrets.ts';
import { VERSION } from './version.ts';
import { createCurrentRedact, createWatch } from './watch-over.ts';

/** Who sits at the local page: it is served on loopback only, to the person at this machine. */
const PAGE_PERSON = { id: 'web:you', name: 'you' };

/** Told at start when tokens and cookies may travel in the clear. */
const UNENCRYPTED =
  'people sign in to the page without https: put a TLS proxy in front of it and set publicUrl to its https address';

/** Longest time that a clean stop may take. */
const STOP_MS = 30_000;

/** How long the numbers are followed after a recovery. */
const FOLLOW_MS = 180_000;

/** `execfmt serve`: the bot, until SIGINT or SIGTERM. Gives 0 on a clean stop. */
export async function serve(options: { readonly config: string | null }): Promise<number> {
  const loaded = await loadConfig(options.config);
  const current = createCurrentRedact(loaded);
  const log = createProgramLog('info', current.redact);
  // Half-configured chats are told before anything is begun.
  const slack = slackSecrets();
  const teams = teamsSecrets(loaded.chat.teams !== null);
  const people = await pagePeople(loaded.chat.web?.people ?? []);
  const practice = findConfig(options.config) === null ? await startPractice() : null;
  const config = practice ? withPractice(loaded, practice, PAGE_PERSON.id) : loaded;
  const watch = await createWatch(config, current, log);
  const composition = await compose(config, {
    log,
    telemetry: watch.telemetry,
    store: storeOf(config),
    resetPractice: practice && (() => practice.reset()),
    slack,
    teams,
    followForMs: FOLLOW_MS,
  });
  await watch.pages.open();
  const server = await listenOn(config, composition, { practice, people, watch: watch.pages }, log);
  try {
    await composition.application.start();
    await composition.slack?.start(composition.application);
    await composition.teams?.start(composition.application);
  } catch (error) {
    // Nothing may keep the process from ending with what went wrong.
    server.close();
    watch.pages.close();
    await Promise.allSettled([composition.stop(), practice?.stop()]);
    throw error;
  }
  await watch.begin(composition, findConfig(options.config));
  announce(config, composition, practice, log);
  if (people.length > 0 && config.publicUrl?.startsWith('https:') !== true) log.warn({}, UNENCRYPTED);

  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  log.info({}, 'stopping: what is under way goes on at the next start');
  setTimeout(() => process.exit(1), STOP_MS).unref();
  watch.end();
  server.close();
  server.closeAllConnections();
  await composition.stop();
  await practice?.stop();
  watch.pages.close();
  return 0;
}

interface Surroundings {
  readonly practice: Practice | null;
  readonly people: readonly SignInPerson[];
  readonly watch: WatchPages;
}

/** The program's one HTTP server: Slack's and Teams' deliveries, and the page when it is configured. */
async function listenOn(
  config: Config,
  { application, slack, teams }: Composition,
  { practice, people, watch }: Surroundings,
  log: Log,
): Promise<Server> {
  const { host, port } = addressOf(config);
  const page =
    config.chat.web &&
    createWebPage({
      application,
      log,
      clock: systemClock,
      listen: `${host}:${port}`,
      practice: practice && { service: practice.service, host: practice.host },
      person: PAGE_PERSON,
      people,
      publicUrl: config.publicUrl,
      version: VERSION,
    });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?')[0];
    if (slack?.route && path === slack.route.path) return slack.route.listener(request, response);
    if (teams && path === teams.route.path) return teams.route.listener(request, response);
    if (watch.handle(request, response)) return;
    if (page) return page.handle(request, response);
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
  });
  const listening = once(server, 'listening');
  server.listen(port, host || undefined);
  try {
    await listening;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`cannot listen on ${host}:${port}: ${why}. Stop what listens there, or set chat.web.listen.`, {
      cause: error,
    });
  }
  return server;
}

function addressOf({ chat }: Config) {
  return chat.web?.listen ?? DEFAULT_LISTEN;
}

function announce(config: Config, { slack, teams }: Composition, practice: Practice | null, log: Log): void {
  const { host, port } = addressOf(config);
  const page = config.chat.web ? `http://${host}:${port}/` : null;
  const chats = [page, slack ? `Slack (${slack.route ? 'HTTP' : 'Socket Mode'})` : null, teams ? 'Teams' : null].filter(
    (chat) => chat !== null,
  );
  log.info(
    { chats, hosts: config.hosts.map(({ name }) => name), practice: practice !== null, version: VERSION },
    'execfmt is ready',
  );
  if (page && process.stdout.isTTY) {
    const waiting = practice ? `A practice incident is waiting: type /execfmt ${practice.service}\n` : '';
    process.stdout.write(`\nexecfmt is ready: ${page}\n${waiting}\n`);
  }
}
