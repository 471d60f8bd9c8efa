import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHold } from '../hold-deliveries.ts';
import { type Delivery, deliverByHttp, type Outgoing, type Spoil, signRequest } from './delivery.ts';
import { createFaults, type Fault } from './faults.ts';
import { commandPayload, ephemeralPressPayload, mentionPayload, pressPayload, submissionPayload } from './payloads.ts';
import { createRates } from './rates.ts';
import { createResponseUrls } from './response-urls.ts';
import { createSockets } from './sockets.ts';
import { answerUpload } from './uploads.ts';
import { answerFault, answerWebApi, type Call } from './web-api.ts';
import {
  addChannel,
  createWorld,
  type Ephemeral,
  type SlackChannel,
  type SlackFile,
  type SlackMessage,
  type SlackView,
} from './world.ts';

/** Who does it and where. */
interface Where {
  readonly user?: string;
  readonly channel?: string;
}

/** A local Slack: one workspace, one app, the real wire protocol. */
export interface SlackServer {
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly team: string;
  readonly botUser: string;
  /** The channel that is there from the start. */
  readonly channel: string;
  addChannel(id: string, set?: Partial<SlackChannel>): SlackChannel;
  /** Takes a scope from the bot token. */
  removeScope(scope: string): void;
  addGroup(id: string, users: readonly string[]): void;
  /** Deliveries go by HTTP to this address from now on; before, they go by Socket Mode. */
  deliverTo(url: string): void;
  /** `/execfmt <text>`. Resolves when it was acknowledged, refused, or 3 s are over. */
  command(text: string, where?: Where, spoil?: Spoil): Promise<Delivery>;
  mention(text: string, where?: Where & { readonly thread?: string }): Promise<Delivery>;
  /** Presses a button, named by its text or `action_id`. */
  press(message: SlackMessage, button: string, where?: Where): Promise<Delivery>;
  /** Presses a button that one person alone sees. */
  pressEphemeral(shown: Ephemeral, button: string): Promise<Delivery>;
  /** Submits a modal with this in its input. `callback` stands for a modal of another version of the app. */
  submit(view: SlackView, said: string, callback?: string): Promise<Delivery>;
  /** HTTP: the very same request as the last one. */
  replay(): Promise<Delivery>;
  /** The last event once more, newly signed, as Slack does when it was not acknowledged. */
  retry(): Promise<Delivery>;
  /** Parents, oldest first. */
  messages(channel?: string): readonly SlackMessage[];
  /** A parent's replies, oldest first. */
  thread(ts: string, channel?: string): readonly SlackMessage[];
  /** A message of somebody else, for instance of another bot. */
  foreignMessage(set: Partial<SlackMessage>, channel?: string): SlackMessage;
  readonly ephemerals: readonly Ephemeral[];
  /** Modals, oldest first. */
  readonly views: readonly SlackView[];
  readonly files: ReadonlyMap<string, SlackFile>;
  readonly calls: readonly Call[];
  readonly deliveries: readonly Delivery[];
  /** How often a limit was run into, and how often a wait that was asked for was not kept; null without limits. */
  readonly rates: { readonly refused: number; readonly disobeyed: number } | null;
  fault(method: string, fault: Fault): void;
  sockets(): number;
  refreshSockets(): void;
  /** Every connection breaks, without a word. */
  cutSockets(): void;
  /** Deliveries wait from now on, until they are released: late, or in the other order. */
  hold(): void;
  /** How many wait. */
  held(): number;
  release(order?: 'as-sent' | 'reversed'): Promise<void>;
  /** Slack is gone: connections are cut and new ones refused, until it is back at the same address. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** What a test may set. */
export interface SlackServerOptions {
  /** Of 127.0.0.1; a free one when not given. */
  readonly port?: number;
  readonly deliverTo?: string;
  /** For the age of `response_url`s and `trigger_id`s. */
  readonly now?: () => number;
  /** Switches the rate limits on; milliseconds that never go back. */
  readonly ratesBy?: () => number;
}

const BOT_TOKEN = 'xoxb-stand-in-bot-token';
const APP_TOKEN = 'xapp-stand-in-app-token';
const SIGNING_SECRET = 'stand-in-signing-secret';
const CHANNEL = 'C0INCIDENTS';

function answer(
  routes: readonly [string, (rest: string, req: IncomingMessage, res: ServerResponse) => Promise<void>][],
) {
  return (req: IncomingMessage, res: ServerResponse) => {
    const path = new URL(req.url ?? '/', 'http://localhost').pathname;
    const route = routes.find(([prefix]) => path.startsWith(prefix));
    if (route === undefined) return void res.writeHead(404).end();
    route[1](path.slice(route[0].length), req, res).catch(() => res.destroy());
  };
}

/** Starts a Slack on a loopback port. */
export async function startSlack(options: SlackServerOptions = {}): Promise<SlackServer> {
  let base = '';
  const now = options.now ?? Date.now;
  const world = createWorld(now, () => base);
  const faults = createFaults();
  const sockets = createSockets();
  const responses = createResponseUrls(world, now);
  const calls: Call[] = [];
  const deliveries: Delivery[] = [];
  let target = options.deliverTo ?? null;
  addChannel(world, CHANNEL);

  const openConnection = () => `${base.replace('http', 'ws')}/link?ticket=${sockets.ticket()}`;
  const rates = options.ratesBy === undefined ? null : createRates(options.ratesBy);
  const api = { world, faults, calls, rates, botToken: BOT_TOKEN, appToken: APP_TOKEN, openConnection };
  const server = createServer(
    answer([
      ['/api/', (method, req, res) => answerWebApi(api, method, req, res)],
      ['/commands/', (id, req, res) => responses.answer(id, req, res)],
      [
        '/upload/',
        async (id, req, res) => {
          if (!answerFault(faults.next('upload'), 'before', req, res)) await answerUpload(world, id, req, res);
        },
      ],
    ]),
  );
  server.on('upgrade', (req, socket, head) => sockets.upgrade(req, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const responseUrl = (channel: string, user: string, original: Ephemeral | null = null) =>
    `${base}/commands/${responses.issue(channel, user, original)}`;
  const record = async (delivery: Promise<Delivery>) => {
    deliveries.push(await delivery);
    return delivery;
  };
  const line = createHold();
  const send = (outgoing: Outgoing, spoil: Spoil = {}) =>
    line.through(() => {
      if (target === null) return record(sockets.deliver(outgoing));
      return record(deliverByHttp(outgoing, signRequest(outgoing, SIGNING_SECRET, spoil), target));
    });
  const last = () => {
    const delivery = deliveries.at(-1);
    if (delivery === undefined) throw new Error('Nothing was delivered yet.');
    return delivery;
  };
  const all = (channel: string) => world.channels.get(channel)?.messages ?? [];

  return {
    apiUrl: `${base}/api/`,
    botToken: BOT_TOKEN,
    appToken: APP_TOKEN,
    signingSecret: SIGNING_SECRET,
    team: world.team,
    botUser: world.botUser,
    channel: CHANNEL,
    ephemerals: world.ephemerals,
    views: world.views,
    files: world.files,
    calls,
    deliveries,
    rates,
    addChannel: (id, set) => addChannel(world, id, set),
    removeScope: (scope) => void world.scopes.delete(scope),
    addGroup: (id, users) => void world.groups.set(id, users),
    deliverTo: (url) => {
      target = url;
    },
    command: (text, { user = 'U0ANNA', channel = CHANNEL } = {}, spoil) =>
      send({ kind: 'command', payload: commandPayload(world, text, user, channel, responseUrl(channel, user)) }, spoil),
    mention: (text, { user = 'U0ANNA', channel = CHANNEL, thread } = {}) =>
      send({ kind: 'mention', payload: mentionPayload(world, text, user, channel, thread ?? null) }),
    press: (message, button, { user = 'U0ANNA', channel = CHANNEL } = {}) =>
      send({ kind: 'press', payload: pressPayload(world, message, button, user, channel, responseUrl(channel, user)) }),
    pressEphemeral: (shown, button) => {
      const url = responseUrl(shown.channel, shown.user, shown);
      return send({ kind: 'press', payload: ephemeralPressPayload(world, shown, button, url) });
    },
    submit: async (view, said, callback) => {
      if (!view.open) throw new Error('The modal is closed already.');
      const delivery = await send({ kind: 'submission', payload: submissionPayload(world, view, said, callback) });
      // Only an acknowledgement closes it (S1).
      view.open = !delivery.acknowledged;
      return delivery;
    },
    replay: () => {
      const { request, kind, payload } = last();
      if (request === null || target === null) throw new Error('Only HTTP deliveries can be replayed.');
      return record(deliverByHttp({ kind, payload }, request, target));
    },
    retry: () => send({ kind: last().kind, payload: last().payload }, { shift: 1 }),
    messages: (channel = CHANNEL) =>
      all(channel).filter((each) => each.thread_ts === undefined || each.thread_ts === each.ts),
    thread: (ts, channel = CHANNEL) => all(channel).filter((each) => each.thread_ts === ts && each.ts !== ts),
    foreignMessage: (set, channel = CHANNEL) => {
      const message: SlackMessage = { type: 'message', ts: world.ts(), user: 'U0OTHER', text: '', flags: {}, ...set };
      all(channel).push(message);
      return message;
    },
    fault: (method, fault) => faults.add(method, fault),
    sockets: () => sockets.count(),
    refreshSockets: () => sockets.refresh(),
    cutSockets: () => sockets.cut(),
    hold: line.hold,
    held: line.held,
    release: line.release,
    async goAway() {
      sockets.cut();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    comeBack: () => new Promise((resolve) => server.listen(Number(new URL(base).port), '127.0.0.1', resolve)),
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
