import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createTeams, type TeamsChat, type TeamsOptions } from '../../../adapters/chat/teams/create-teams.ts';
import { writePlace } from '../../../adapters/chat/teams/place.ts';
import { systemClock } from '../../../adapters/system/clock.ts';
import type { Application, Intent, IntentReply } from '../../../src/ports/application.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log, LogFields } from '../../../src/ports/log.ts';
import type { Card } from '../../../src/view/card.ts';
import { startTeams, type TeamsServer } from '../../servers/teams/start-teams.ts';

/** Real time, but for sleeps: they are noted, and over at once, having taken their time on this clock. */
export function createClock() {
  const slept: number[] = [];
  let ahead = 0;
  const clock: Clock = {
    now: () => new Date(),
    monotonic: () => performance.now() + ahead,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      await wait(1);
      ahead += ms;
    },
    lifetime: systemClock.lifetime,
    deadline: systemClock.deadline,
  };
  return { clock, slept };
}

/** A log that can be read. */
export function createLog() {
  const lines: { readonly level: string; readonly fields: LogFields; readonly message: string }[] = [];
  const write = (level: string) => (fields: LogFields, message: string) => void lines.push({ level, fields, message });
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return { log, lines };
}

/** An application that notes what it is asked and answers as it is told. */
export function createApplication() {
  const intents: Intent[] = [];
  const seen = new Set<string>();
  /** What it says instead of receiving; null when it does receive. */
  const store = { receive: async (_delivery: string): Promise<IntentReply | null> => null };
  let answer: (intent: Intent) => Promise<IntentReply> = async () => ({ kind: 'nothing' });
  const application: Application = {
    async handle(intent, received) {
      const reply = await store.receive(intent.delivery);
      if (reply !== null) return reply;
      received?.();
      if (seen.has(intent.delivery)) return { kind: 'again' };
      seen.add(intent.delivery);
      intents.push(intent);
      return answer(intent);
    },
    thread: async () => null,
    events: async () => [],
    transcript: async () => null,
    runs: async () => [],
    watch: () => () => {},
    targets: async () => [],
  };
  return {
    application,
    intents,
    store,
    answerWith(next: typeof answer) {
      answer = next;
    },
  };
}

/** A card with a title and nothing else that is not given. */
export function card(set: Partial<Card> = {}): Card {
  return {
    tone: 'working',
    title: 'pdf-renderer',
    practice: false,
    parts: [],
    buttons: [],
    fallback: 'Looking.',
    ...set,
  };
}

/** A Teams, the chat on it, and what they said. */
export interface Stage {
  readonly server: TeamsServer;
  readonly chat: TeamsChat;
  readonly app: ReturnType<typeof createApplication>;
  readonly lines: ReturnType<typeof createLog>['lines'];
  readonly slept: readonly number[];
  readonly url: string;
  /** A thread of the channel, begun by a person. */
  readonly to: { readonly chat: 'teams'; readonly id: string };
  close(): Promise<void>;
}

/** Serves the chat's route on a free port, as the program's one server would. */
export async function serveRoute(chat: Pick<TeamsChat, 'route'>) {
  const server = createServer((req, res) => chat.route.listener(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, close };
}

/** Where a person's first message in the channel stands. */
export function beginThread(server: TeamsServer, room = server.channel) {
  const { world, serviceUrl, tenant, bot } = server;
  const { kind, messages } = world.room(room, 'channel');
  const root = world.id();
  const conversation = kind === 'channel' ? `${room};messageid=${root}` : room;
  messages.push({ id: root, conversation, from: '29:anna-id', summary: '', text: 'help!', card: null, edits: 0 });
  return { chat: 'teams', id: writePlace({ serviceUrl, conversation, kind, tenant, bot }) } as const;
}

/** Starts everything. */
export async function startStage(set: Partial<TeamsOptions> = {}): Promise<Stage> {
  const { clock, slept } = createClock();
  const server = await startTeams({ now: clock.monotonic });
  const { log, lines } = createLog();
  const app = createApplication();
  const seen = new Set<string>();
  const { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl } = server;
  const chat = createTeams({
    ...{ appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl, log, clock },
    publicUrl: null,
    claim: async (key) => !seen.has(key) && seen.add(key).has(key),
    ...set,
  });
  const served = await serveRoute(chat);
  server.deliverTo(served.url);
  const close = async () => {
    await chat.stop();
    await served.close();
    await server.close();
  };
  await chat.start(app.application).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { server, chat, app, lines, slept, url: served.url, to: beginThread(server), close };
}
