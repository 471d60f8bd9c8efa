import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveListener } from '../serve-listener.ts';
import { startTeams, type TeamsServer } from './start-teams.ts';

let server: TeamsServer;
let clock = 0;
let token = '';
beforeEach(async () => {
  clock = 0;
  server = await startTeams({ now: () => clock });
  token = (await signIn()).access_token ?? '';
});
afterEach(() => server.close());

async function signIn(set: Record<string, string> = {}) {
  const form = {
    grant_type: 'client_credentials',
    client_id: server.appId,
    client_secret: server.password,
    scope: 'https://api.botframework.com/.default',
    ...set,
  };
  const answer = await fetch(`${server.loginUrl}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return (await answer.json()) as { readonly access_token?: string; readonly error?: string };
}

async function call(method: string, path: string, body: unknown = null, as = token) {
  const url = `${server.serviceUrl}v3/conversations${path}`;
  const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, ...(body === null ? {} : { body: JSON.stringify(body) }) });
  const said = (await answer.json()) as { readonly id?: string; readonly error?: { readonly code: string } };
  return { status: answer.status, id: said.id, word: said.error?.code, retryAfter: answer.headers.get('retry-after') };
}

const channel = () => `/${encodeURIComponent(server.channel)}`;
const element = (text: string) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] });
const message = (set: object = {}, more: object = {}) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard', version: '1.5', fallbackText: 'x', body: [element('x')], ...set },
    },
  ],
  ...more,
});

describe('tokens', () => {
  it.each([{ client_secret: 'wrong' }, { client_id: 'another' }, { scope: 'https://graph.microsoft.com/.default' }])(
    'are not given for %o',
    async (set) => expect(await signIn(set)).toEqual({ error: 'invalid_client' }),
  );

  it('are needed', async () => {
    expect(await call('POST', `${channel()}/activities`, message(), 'another')).toMatchObject({ status: 401 });
  });
});

describe('messages', () => {
  it('begin a thread in the bare channel, and go on with one that is there', async () => {
    const { id } = await call('POST', `${channel()}/activities`, message());
    const thread = (root: string) => `/${encodeURIComponent(`${server.channel};messageid=${root}`)}/activities`;
    expect(await call('POST', thread(id ?? ''), message())).toMatchObject({ status: 201 });
    expect(await call('POST', thread('1'), message())).toMatchObject({ status: 404, word: 'ConversationNotFound' });
    expect(new Set(server.messages().map(({ conversation }) => conversation)).size).toBe(1);
  });

  it.each([
    ['a card of 29 KB', message({ body: [element('x'.repeat(29_000))] }), 413],
    ['a message of 101 KB', message({}, { summary: 'x'.repeat(51_000) }), 413],
    ['a card of version 1.6', message({ version: '1.6' }), 400],
    ['no fallback', message({ fallbackText: '' }), 400],
    ['an unknown element', message({ body: [{ type: 'CodeBlock' }] }), 400],
    ['an empty text', message({ body: [element('')] }), 400],
    ['one id twice', message({ body: [1, 2].map(() => ({ ...element('x'), id: 'a' })) }), 400],
    ['61 people', message({ refresh: { userIds: Array(61).fill('29:x') } }), 400],
    ['an action without a verb', message({ actions: [{ type: 'Action.Execute', title: 'Go' }] }), 400],
    ['a fold of nothing', message({ actions: [{ type: 'Action.ToggleVisibility', targetElements: ['a'] }] }), 400],
    ['nothing', { type: 'message' }, 400],
    [
      'a mention that is not in the text',
      { type: 'message', text: 'x', entities: [{ type: 'mention', text: 'y' }] },
      400,
    ],
  ])('are not taken with %s', async (_, body, status) => {
    expect(await call('POST', `${channel()}/activities`, body)).toMatchObject({ status });
    expect(server.messages()).toEqual([]);
  });

  it('give no id when they are text and a card', async () => {
    expect(await call('POST', `${channel()}/activities`, message({}, { text: 'x' }))).toMatchObject({
      status: 201,
      id: undefined,
    });
  });

  it('are updated by the one who sent them', async () => {
    const { id } = await call('POST', `${channel()}/activities`, message());
    expect(await call('PUT', `${channel()}/activities/${id}`, message())).toMatchObject({ status: 200 });
    expect(await call('PUT', `${channel()}/activities/1`, message())).toMatchObject({
      word: 'ActivityNotFoundInConversation',
    });
    const room = server.world.room(server.channel, 'channel');
    room.messages.push({ id: '7', conversation: room.id, from: '29:x', summary: '', text: '', card: null, edits: 0 });
    expect(await call('PUT', `${channel()}/activities/7`, message())).toMatchObject({ status: 403 });
  });

  it('are not taken faster than seven in a second', async () => {
    const send = () => call('POST', `${channel()}/activities`, message());
    for (let each = 0; each < 7; each += 1) expect((await send()).status).toBe(201);
    expect(await send()).toMatchObject({ status: 429, retryAfter: '1' });
    clock = 1001;
    expect((await send()).status).toBe(201);
    expect(await send()).toMatchObject({ status: 429 });
  });
});

describe('places', () => {
  it('are gone when the bot is not in them', async () => {
    server.world.room(server.channel, 'channel').botIsMember = false;
    expect(await call('POST', `${channel()}/activities`, message())).toMatchObject({
      ...{ status: 403, word: 'BotNotInConversationRoster' },
    });
    expect(await call('GET', `${channel()}/pagedmembers`)).toMatchObject({ status: 403 });
  });

  it('are opened with one person of the tenant who has the app', async () => {
    const alone = (name: string, set = {}) =>
      call('POST', '', { isGroup: false, tenantId: server.tenant, members: [{ id: `29:${name}-id` }], ...set });
    expect(await alone('anna')).toMatchObject({ status: 201, id: 'a:alone-anna' });
    expect(await alone('carl')).toMatchObject({ status: 403 });
    expect(await alone('anna', { tenantId: 'another' })).toMatchObject({ status: 400 });
  });
});

describe('faults', () => {
  it('are used up by one call, and a late one is after the deed', async () => {
    server.fault('send', { kind: 'rate-limit', retryAfter: 3 });
    server.fault('send', { kind: 'status', status: 502, when: 'after' });
    const send = () => call('POST', `${channel()}/activities`, message());
    expect(await send()).toMatchObject({ status: 429, retryAfter: '3' });
    expect(await send()).toMatchObject({ status: 502 });
    expect(await send()).toMatchObject({ status: 201 });
    expect(server.messages()).toHaveLength(2);
  });
});

describe('files', () => {
  const consent = (set: object = {}) => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.teams.card.file.consent',
        name: 'x.md',
        content: { description: 'x', sizeInBytes: 1, acceptContext: { id: 'x' }, declineContext: {}, ...set },
      },
    ],
  });
  const to = (room: string) => `/${encodeURIComponent(room)}/activities`;

  it('are offered to one person only', async () => {
    expect(await call('POST', to('a:alone-anna'), consent())).toMatchObject({ status: 201 });
    expect(await call('POST', channel().concat('/activities'), consent())).toMatchObject({ status: 403 });
    expect(await call('POST', to('a:alone-anna'), consent({ sizeInBytes: 0 }))).toMatchObject({ status: 400 });
  });

  it('are put whole, with their range, without the bot’s token', async () => {
    const address = new URL('/onedrive/x', server.serviceUrl);
    const put = async (headers: Record<string, string>) =>
      (await fetch(address, { method: 'PUT', headers, body: 'abc' })).status;
    expect(await put({ 'content-range': 'bytes 0-1/3' })).toBe(400);
    expect(await put({ 'content-range': 'bytes 0-2/3', authorization: 'Bearer x' })).toBe(400);
    expect(await put({ 'content-range': 'bytes 0-2/3' })).toBe(201);
    expect(server.uploaded.get('x')).toBe('abc');
  });
});

describe('deliveries', () => {
  it('can be late, and come in the other order', async () => {
    const seen: string[] = [];
    const bot = await serveListener(async (req, res) => {
      let body = '';
      for await (const chunk of req) body += String(chunk);
      seen.push((JSON.parse(body) as { text: string }).text);
      res.end();
    });
    server.deliverTo(`http://127.0.0.1:${bot.port}/`);
    server.hold();
    const sent = [server.mention('first'), server.mention('second')];
    expect(seen).toEqual([]);
    await server.release('reversed');
    await Promise.all(sent);
    expect(seen.map((text) => text.split(' ').at(-1))).toEqual(['second', 'first']);
    await server.mention('third');
    expect(seen).toHaveLength(3);
    await bot.close();
  });
});

it('says that a delivery was not answered when nobody listens', async () => {
  server.deliverTo('http://127.0.0.1:9/api/messages');
  expect(await server.mention('x')).toMatchObject({ status: null, body: null });
});
