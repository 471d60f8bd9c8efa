import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkActivity } from './check-activity.ts';
import type { createFaults, Operation } from './faults.ts';
import type { createRates } from './rates.ts';
import type { AdaptiveCard, FileAttachment, Room, TeamsMessage, World } from './world.ts';

/** One call as it came. */
export interface Call {
  readonly operation: Operation;
  readonly conversation: string;
  readonly body: Readonly<Record<string, unknown>>;
  status: number;
}

/** What the connector stands on. */
export interface Api {
  readonly world: World;
  readonly faults: ReturnType<typeof createFaults>;
  readonly tooSoon: ReturnType<typeof createRates>['tooSoon'];
  readonly calls: Call[];
  readonly bot: string;
  readonly tenant: string;
  readonly isToken: (token: string) => boolean;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly retryAfter?: number | null;
}

const refuse = (status: number, word: string): Answer => ({ status, body: { error: { code: word, message: word } } });

interface Activity {
  readonly summary?: string;
  readonly text?: string;
  readonly attachments?: readonly (FileAttachment & { readonly content: AdaptiveCard })[];
}

function contentOf({ summary, text, attachments }: Activity) {
  const [first] = attachments ?? [];
  const isFile = first?.contentType.includes('.card.file.') === true;
  return {
    summary: summary ?? '',
    text: text ?? '',
    card: isFile ? null : (first?.content ?? null),
    file: isFile ? first : null,
  };
}

function send(api: Api, conversation: string, body: Activity): Answer {
  const found = api.world.find(conversation);
  if (!found) return refuse(404, 'ConversationNotFound');
  const { room, root } = found;
  if (!room.botIsMember) return refuse(403, 'BotNotInConversationRoster');
  const id = api.world.id();
  const thread = room.kind === 'channel' ? `${room.id};messageid=${root ?? id}` : room.id;
  room.messages.push({ id, conversation: thread, from: api.bot, edits: 0, ...contentOf(body) });
  // Text and a card are split into two messages, and no id comes back (T10).
  return body.text && body.attachments?.length ? { status: 201, body: {} } : { status: 201, body: { id } };
}

function update(api: Api, conversation: string, id: string, body: Activity): Answer {
  const found = api.world.find(conversation);
  if (!found) return refuse(404, 'ConversationNotFound');
  if (!found.room.botIsMember) return refuse(403, 'BotNotInConversationRoster');
  const message = found.room.messages.find((each) => each.id === id);
  if (!message) return refuse(404, 'ActivityNotFoundInConversation');
  if (message.from !== api.bot) return refuse(403, 'Forbidden');
  Object.assign(message, contentOf(body), { edits: message.edits + 1 } satisfies Partial<TeamsMessage>);
  return { status: 200, body: { id } };
}

function create(api: Api, body: Readonly<Record<string, unknown>>): Answer {
  const members = (body.members ?? []) as readonly { readonly id: string }[];
  const user = [...api.world.users.values()].find(({ id }) => id === members[0]?.id);
  if (members.length !== 1 || body.isGroup !== false || body.tenantId !== api.tenant) return refuse(400, 'BadSyntax');
  const room = user && api.world.rooms.get(`a:alone-${user.name}`);
  if (!room?.botIsMember) return refuse(403, 'BotNotInConversationRoster');
  return { status: 201, body: { id: room.id } };
}

function members(room: Room | undefined, query: URLSearchParams): Answer {
  if (!room) return refuse(404, 'ConversationNotFound');
  if (!room.botIsMember) return refuse(403, 'BotNotInConversationRoster');
  // Teams reads small page sizes as 50 and large ones as 500.
  const size = Math.min(500, Math.max(50, Number(query.get('pageSize') ?? 50)));
  const from = Number(query.get('continuationToken') ?? 0);
  const page = room.users.slice(from, from + size).map(({ id, object, name }) => ({ id, name, aadObjectId: object }));
  const next = from + size < room.users.length ? { continuationToken: String(from + size) } : {};
  return { status: 200, body: { members: page, ...next } };
}

async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

type Route = { operation: Operation; conversation: string; work: (body: Record<string, unknown>) => Answer };

function routeOf(api: Api, method: string, url: URL): Route | null {
  const [, ...parts] = url.pathname.split('/v3/conversations')[1]?.split('/').map(decodeURIComponent) ?? [];
  const [conversation = '', what, id] = parts;
  const checked = (body: Record<string, unknown>, work: () => Answer): Answer => {
    const seconds = api.tooSoon(conversation);
    if (seconds !== null) return { ...refuse(429, 'TooManyRequests'), retryAfter: seconds };
    const refusal = checkActivity(body, api.world.find(conversation)?.room.kind ?? null);
    return refusal === null ? work() : refuse(refusal.status, refusal.word);
  };
  if (method === 'POST' && conversation === '')
    return { operation: 'create', conversation, work: (body) => create(api, body) };
  if (method === 'POST' && what === 'activities' && id === undefined)
    return { operation: 'send', conversation, work: (body) => checked(body, () => send(api, conversation, body)) };
  if (method === 'PUT' && what === 'activities' && id !== undefined) {
    const work = (body: Record<string, unknown>) => checked(body, () => update(api, conversation, id, body));
    return { operation: 'update', conversation, work };
  }
  if (method === 'GET' && what === 'pagedmembers') {
    const work = () => members(api.world.rooms.get(conversation), url.searchParams);
    return { operation: 'members', conversation, work };
  }
  return null;
}

/** Answers a call to `/v3/conversations…` as the Bot connector of Teams would. */
export async function answerConnector(api: Api, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const route = routeOf(api, req.method ?? '', new URL(req.url ?? '/', 'http://localhost'));
  const end = ({ status, body, retryAfter }: Answer) => {
    const headers = {
      'content-type': 'application/json',
      ...(retryAfter ? { 'retry-after': String(retryAfter) } : {}),
    };
    res.writeHead(status, headers).end(JSON.stringify(body ?? {}));
  };
  const body = await readJson(req);
  if (!route) return end(refuse(404, 'ServiceNotFound'));
  const call: Call = { operation: route.operation, conversation: route.conversation, body, status: 0 };
  api.calls.push(call);
  const finish = (answer: Answer) => {
    call.status = answer.status;
    end(answer);
  };
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
  if (!api.isToken(token)) return finish(refuse(401, 'Unauthorized'));
  const fault = api.faults.next(route.operation);
  if (fault?.kind === 'rate-limit') return finish({ ...refuse(429, 'TooManyRequests'), retryAfter: fault.retryAfter });
  if (fault?.when === 'after') route.work(body);
  if (fault?.kind === 'cut') return void res.destroy();
  finish(fault?.kind === 'status' ? refuse(fault.status, fault.word ?? 'ServiceError') : route.work(body));
}
