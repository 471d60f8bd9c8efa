import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Activity, executeActivity, messageActivity, type Sender, submitActivity } from './activities.ts';
import { answerConnector, type Call } from './connector-api.ts';
import { createFaults, type Fault, type Operation } from './faults.ts';
import { createRates } from './rates.ts';
import { createKeys, type Spoil } from './tokens.ts';
import { type CardAction, createWorld, type Room, type TeamsMessage, type TeamsUser } from './world.ts';

/** What became of a delivery. */
export interface Delivery {
  readonly activity: Activity;
  /** Of the HTTP answer; null when none came in time. */
  readonly status: number | null;
  /** The body of an invoke's answer. */
  readonly body: { readonly statusCode: number; readonly type: string; readonly value: unknown } | null;
}

/** Who does it and where. */
interface Where {
  readonly user?: string;
  readonly room?: string;
  /** The root of a channel's thread; without it a channel's message begins a new one. */
  readonly root?: string;
}

/** What a test may set. */
export interface TeamsServerOptions {
  /** For the rates: milliseconds, never going back. */
  readonly now?: () => number;
}

const APP = '11111111-2222-4333-8444-555555555555';
const TENANT = '99999999-8888-4777-8666-555555555555';
const PASSWORD = 'stand-in-app-password';
const ISSUER = 'https://api.botframework.com';
const CHANNEL = '19:incidents@thread.tacv2';
/** Teams waits so long for the answer to an invoke (T17); messages may take longer. */
const ANSWER_MS = 5000;
const TOKEN_S = 3600;

async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return new URLSearchParams(text);
}

/** A local Teams: one tenant, one bot; the Bot connector, Entra's token endpoint and the OpenID document with its keys. */
export async function startTeams(options: TeamsServerOptions = {}) {
  const world = createWorld();
  const faults = createFaults();
  const keys = createKeys();
  const tokens = new Set<string>();
  const calls: Call[] = [];
  const deliveries: Delivery[] = [];
  const bot = `28:${APP}`;
  const tooSoon = createRates(options.now ?? (() => performance.now()));
  const api = { world, faults, tooSoon, calls, bot, tenant: TENANT, isToken: (token: string) => tokens.has(token) };
  let target = '';
  let base = '';
  world.room(CHANNEL, 'channel', ['anna', 'ben']);
  for (const name of ['anna', 'ben']) world.room(`a:alone-${name}`, 'personal', [name]);

  const json = (res: ServerResponse, status: number, body: unknown) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const signIn = async (req: IncomingMessage, res: ServerResponse) => {
    const form = await readForm(req);
    const fault = faults.next('token');
    if (fault?.kind === 'status') return json(res, fault.status, { error: fault.word ?? 'temporarily_unavailable' });
    const right =
      form.get('grant_type') === 'client_credentials' &&
      form.get('scope') === `${ISSUER}/.default` &&
      form.get('client_id') === APP &&
      form.get('client_secret') === PASSWORD;
    if (!right) return json(res, 401, { error: 'invalid_client' });
    const token = randomUUID();
    tokens.add(token);
    return json(res, 200, { token_type: 'Bearer', expires_in: TOKEN_S, access_token: token });
  };
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = new URL(req.url ?? '/', 'http://localhost').pathname;
    if (path.startsWith('/teams/v3/')) return answerConnector(api, req, res);
    if (path === `/login/${TENANT}/oauth2/v2.0/token`) return signIn(req, res);
    if (path === '/openid' || path === '/keys') {
      const fault = faults.next('keys');
      if (fault?.kind === 'status') return json(res, fault.status, {});
      return json(res, 200, path === '/keys' ? keys.set() : { issuer: ISSUER, jwks_uri: `${base}/keys` });
    }
    json(res, 404, {});
  };
  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const serviceUrl = `${base}/teams/`;
  const sender: Sender = { world, serviceUrl, tenant: TENANT, bot };

  async function deliver(activity: Activity, spoil: Spoil | null = null): Promise<Delivery> {
    const authorization = keys.authorization({ appId: APP, issuer: ISSUER, serviceUrl }, spoil);
    const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) };
    const asked = { method: 'POST', headers, body: JSON.stringify(activity), signal: AbortSignal.timeout(ANSWER_MS) };
    const delivery = await fetch(target, asked).then(
      async (response) => {
        const text = await response.text();
        return { activity, status: response.status, body: text === '' ? null : JSON.parse(text) };
      },
      () => ({ activity, status: null, body: null }),
    );
    deliveries.push(delivery);
    return delivery;
  }
  const roomOf = (id: string): Room => {
    const room = world.rooms.get(id);
    if (!room) throw new Error(`There is no ${id}.`);
    return room;
  };
  /** A person writes: in a channel this begins a thread, or goes on with one. */
  const write = (room: Room, user: TeamsUser, text: string, root: string | null): string => {
    const id = world.id();
    const conversation = room.kind === 'channel' ? `${room.id};messageid=${root ?? id}` : room.id;
    room.messages.push({ id, conversation, from: user.id, summary: '', text, card: null, edits: 0 });
    return conversation;
  };
  const placeOf = (message: TeamsMessage, user: string) => {
    const room = roomOf(message.conversation.split(';')[0] ?? '');
    return { room, conversation: message.conversation, user: world.user(user) };
  };
  const actionsOf = (actions: readonly CardAction[] = []): CardAction[] =>
    actions.flatMap((action) => [action, ...actionsOf(action.card?.actions)]);
  const actionOf = (message: TeamsMessage, title: string): CardAction => {
    const found = actionsOf(message.card?.actions).find(
      (each) => each.title === title && each.type === 'Action.Execute',
    );
    if (!found) throw new Error(`There is no button ${title}.`);
    return found;
  };

  return {
    appId: APP,
    password: PASSWORD,
    tenant: TENANT,
    issuer: ISSUER,
    loginUrl: `${base}/login/${TENANT}`,
    scope: ISSUER,
    openIdUrl: `${base}/openid`,
    serviceUrl,
    bot,
    channel: CHANNEL,
    world,
    calls,
    deliveries: deliveries as readonly Delivery[],
    /** Deliveries go to this address. */
    deliverTo(url: string) {
      target = url;
    },
    deliver,
    /** A person writes `@execfmt <text>`. */
    mention(text: string, { user = 'anna', room = CHANNEL, root }: Where = {}, spoil: Spoil | null = null) {
      const [place, person] = [roomOf(room), world.user(user)];
      const conversation = write(place, person, text, root ?? null);
      const where = { room: place, conversation, user: person };
      return deliver(messageActivity(sender, where, text, place.kind !== 'personal'), spoil);
    },
    /** A person writes without mentioning the bot: it is delivered only with resource-specific consent. */
    overheard(text: string, { user = 'anna', room = CHANNEL, root }: Where = {}) {
      const [place, person] = [roomOf(room), world.user(user)];
      const where = { room: place, conversation: write(place, person, text, root ?? null), user: person };
      return deliver(messageActivity(sender, where, text, false));
    },
    /** Presses a button, also one that is shown by another (Action.ShowCard). */
    press(message: TeamsMessage, title: string, user = 'anna', spoil: Spoil | null = null) {
      const action = actionOf(message, title);
      return deliver(executeActivity(sender, placeOf(message, user), action, message.id, 'manual'), spoil);
    },
    /** The same press in a client that knows no Action.Execute. */
    pressOld(message: TeamsMessage, title: string, user = 'anna') {
      return deliver(submitActivity(sender, placeOf(message, user), actionOf(message, title), message.id));
    },
    /** What a client does by itself when it shows a card to somebody who is in its `userIds`; null for others. */
    async refresh(message: TeamsMessage, user: string): Promise<Delivery | null> {
      const { refresh } = message.card ?? {};
      if (!refresh?.userIds.includes(world.user(user).id)) return null;
      return deliver(executeActivity(sender, placeOf(message, user), refresh.action, message.id, 'automatic'));
    },
    /** The very same activity as the last one, newly signed: Teams sends again what was not answered in time. */
    retry() {
      const last = deliveries.at(-1);
      if (!last) throw new Error('Nothing was delivered yet.');
      return deliver(last.activity);
    },
    /** The bot's messages, oldest first. */
    messages(room = CHANNEL): readonly TeamsMessage[] {
      return roomOf(room).messages.filter(({ from }) => from === bot);
    },
    fault: (operation: Operation, fault: Fault) => faults.add(operation, fault),
    /** The tokens that were given out are good no longer. */
    revokeTokens: () => tokens.clear(),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type TeamsServer = Awaited<ReturnType<typeof startTeams>>;
