import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createSlack, type SlackChat, type SlackOptions } from '../../../adapters/chat/slack/create-slack.ts';
import { systemClock } from '../../../adapters/system/clock.ts';
import type { Application, Intent, IntentReply } from '../../../src/ports/application.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log, LogFields } from '../../../src/ports/log.ts';
import type { Card } from '../../../src/view/card.ts';
import { type SlackServer, startSlack } from '../../servers/slack/start-slack.ts';

/** Real time, but for sleeps: they are noted, and over at once, having taken their time on this clock. */
export function createClock() {
  const slept: number[] = [];
  let skipped = 0;
  const clock: Clock = {
    now: () => new Date(),
    monotonic: () => performance.now() + skipped,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      skipped += ms;
      await wait(Math.min(ms, 5));
    },
    lifetime: systemClock.lifetime,
    deadline: (ms, parent) => AbortSignal.any([AbortSignal.timeout(ms), ...(parent === undefined ? [] : [parent])]),
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

/** A Slack, the chat on it, and what they said. */
export interface Stage {
  readonly server: SlackServer;
  readonly chat: SlackChat;
  readonly app: ReturnType<typeof createApplication>;
  readonly lines: ReturnType<typeof createLog>['lines'];
  readonly slept: readonly number[];
  /** Of the route; empty in Socket Mode. */
  readonly url: string;
  readonly to: { readonly chat: 'slack'; readonly id: string };
  close(): Promise<void>;
}

/** Serves the chat's route on a free port, as the program's one server would. */
async function serve(chat: SlackChat) {
  const server = createServer((req, res) => chat.route?.listener(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, close };
}

/** Starts everything in one of the two modes. */
export async function startStage(mode: 'socket' | 'http', set: Partial<SlackOptions> = {}): Promise<Stage> {
  const server = await startSlack();
  const { log, lines } = createLog();
  const { clock, slept } = createClock();
  const app = createApplication();
  const seen = new Set<string>();
  const chat = createSlack({
    botToken: server.botToken,
    appToken: mode === 'socket' ? server.appToken : null,
    signingSecret: mode === 'http' ? server.signingSecret : null,
    apiUrl: server.apiUrl,
    channels: null,
    log,
    clock,
    claim: async (key) => !seen.has(key) && seen.add(key).has(key),
    ...set,
  });
  const served = mode === 'http' ? await serve(chat) : null;
  if (served !== null) server.deliverTo(served.url);
  await chat.start(app.application);
  const close = async () => {
    await chat.stop();
    await served?.close();
    await server.close();
  };
  return {
    server,
    chat,
    app,
    lines,
    slept,
    url: served?.url ?? '',
    to: { chat: 'slack', id: `${server.team}/${server.channel}` },
    close,
  };
}
