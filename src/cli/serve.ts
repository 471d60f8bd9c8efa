import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createWebPage } from '../../adapters/chat/web/index.ts';
import { createLog } from '../../adapters/log/pino.ts';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import type { Log } from '../ports/log.ts';
import { redact } from '../view/redact.ts';
import { type Composition, compose } from './compose.ts';
import { UsageError } from './exit-status.ts';
import { defaultSettings, findConfig, loadSettings } from './load-settings.ts';
import { practiceSettings } from './practice-settings.ts';
import type { Settings } from './settings.ts';
import { slackSecrets } from './slack-secrets.ts';
import { VERSION } from './version.ts';

/** Who sits at the local page: it is served on loopback only, to the person at this machine. */
const PAGE_PERSON = { id: 'web:you', name: 'you' };

/** Longest time that a clean stop may take. */
const STOP_MS = 30_000;

/** `execfmt serve`: the bot, until SIGINT or SIGTERM. Gives 0 on a clean stop. */
export async function serve(options: { readonly config: string | null }): Promise<number> {
  const log = createLog({ level: process.env.LOG_LEVEL ?? 'info', redact });
  const configured = findConfig(options.config) !== null;
  const practice = configured ? null : await startPractice();
  const settings = practice ? await withPractice(practice) : await loadSettings(options.config);
  const composition = compose(settings, {
    log,
    resetPractice: practice && (() => practice.reset()),
    slack: slackSecrets(),
  });
  const server = await listenOn(settings, composition, practice, log);
  await composition.application.start();
  await composition.slack?.start(composition.application);
  announce(settings, composition, practice, log);

  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  log.info({}, 'stopping: what is under way goes on at the next start');
  setTimeout(() => process.exit(1), STOP_MS).unref();
  server.close();
  server.closeAllConnections();
  await composition.stop();
  await practice?.stop();
  return 0;
}

/** Without a configuration: the practice incident, and the local engine when there is one. */
async function withPractice(practice: Practice): Promise<Settings> {
  const local = await defaultSettings();
  const { hosts, registries, metrics, services } = practiceSettings(practice, PAGE_PERSON.id);
  return { ...local, hosts: [...hosts, ...local.hosts], registries, metrics, services, page: true };
}

async function listenOn(
  settings: Settings,
  { application, slack }: Composition,
  practice: Practice | null,
  log: Log,
): Promise<Server> {
  const { listen, publicUrl } = settings;
  const page = settings.page
    ? createWebPage({
        application,
        log,
        listen,
        practice: practice && { service: practice.service, host: practice.host },
        person: PAGE_PERSON,
        publicUrl,
        version: VERSION,
      })
    : null;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?')[0];
    if (slack?.route && path === slack.route.path) return slack.route.listener(request, response);
    if (page) return page.handle(request, response);
    response
      .writeHead(path === '/healthz' ? 200 : 404, { 'content-type': 'text/plain' })
      .end(path === '/healthz' ? 'ok' : 'not found');
  });
  const { hostname, port } = new URL(`http://${listen}`);
  const listening = once(server, 'listening');
  server.listen(Number(port || 80), hostname.replace(/^\[|\]$/g, ''));
  try {
    await listening;
  } catch (error) {
    throw new UsageError(
      `cannot listen on ${listen}: ${error instanceof Error ? error.message : String(error)}. Stop what listens there, or set chat.web.listen.`,
      { cause: error },
    );
  }
  return server;
}

function announce(settings: Settings, { slack }: Composition, practice: Practice | null, log: Log): void {
  const chats = [
    settings.page ? `http://${settings.listen}/` : null,
    slack ? `Slack (${slack.route ? 'HTTP' : 'Socket Mode'})` : null,
  ];
  log.info(
    {
      chats: chats.filter((chat) => chat !== null),
      hosts: settings.hosts.map(({ name }) => name),
      practice: practice !== null,
      version: VERSION,
    },
    'execfmt is ready',
  );
  if (settings.page && process.stdout.isTTY) {
    process.stdout.write(
      `\nexecfmt is ready: http://${settings.listen}/\n${practice ? `A practice incident is waiting: type /execfmt ${practice.service}\n` : ''}\n`,
    );
  }
}
