import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Delivery, deliverByHttp, type Outgoing, type Spoil, signRequest } from './delivery.ts';
import { createFaults, type Fault } from './faults.ts';
import { commandPayload, ephemeralPressPayload, mentionPayload, pressPayload } from './payloads.ts';
import { createRates } from './rates.ts';
import { createResponseUrls } from './response-urls.ts';
import { createSockets } from './sockets.ts';
import { answerWebApi, type Call } from './web-api.ts';
import { addChannel, createWorld, type Ephemeral, type SlackChannel, type SlackMessage } from './world.ts';

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
  readonly calls: readonly Call[];
  readonly deliveries: readonly Delivery[];
  /** How often a limit was run into, and how often a wait that was asked for was not kept; null without limits. */
  readonly rates: { readonly refused: number; readonly disobeyed: number } | null;
  fault(method: string, fault: Fault): void;
  sockets(): number;
  refreshSockets(): void;
  close(): Promise<void>;
}

/** What a test may set. */
export interface SlackServerOptions {
  /** Of 127.0.0.1; a free one when not given. */
  readonly port?: number;
  readonly deliverTo?: string;
  /** For the age of `response_url`s. */
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
  const world = createWorld();
  const faults = createFaults();
  const sockets = createSockets();
  const responses = createResponseUrls(world, options.now ?? Date.now);
  const calls: Call[] = [];
  const deliveries: Delivery[] = [];
  let target = options.deliverTo ?? null;
  let base = '';
  addChannel(world, CHANNEL);

  const openConnection = () => `${base.replace('http', 'ws')}/link?ticket=${sockets.ticket()}`;
  const rates = options.ratesBy === undefined ? null : createRates(options.ratesBy);
  const api = { world, faults, calls, rates, botToken: BOT_TOKEN, appToken: APP_TOKEN, openConnection };
  const server = createServer(
    answer([
      ['/api/', (method, req, res) => answerWebApi(api, method, req, res)],
      ['/commands/', (id, req, res) => responses.answer(id, req, res)],
    ]),
  );
  server.on('upgrade', (req, socket, head) => sockets.upgrade(req, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const responseUrl = (channel: string, user: string) => `${base}/commands/${responses.issue(channel, user)}`;
  const record = async (delivery: Promise<Delivery>) => {
    deliveries.push(await delivery);
    return delivery;
  };
  const send = (outgoing: Outgoing, spoil: Spoil = {}) => {
    if (target === null) return record(sockets.deliver(outgoing));
    return record(deliverByHttp(outgoing, signRequest(outgoing, SIGNING_SECRET, spoil), target));
  };
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
      const url = responseUrl(shown.channel, shown.user);
      return send({ kind: 'press', payload: ephemeralPressPayload(world, shown, button, url) });
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
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
