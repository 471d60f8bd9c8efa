import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveListener } from '../serve-listener.ts';
import { type SlackServer, startSlack } from './start-slack.ts';

let server: SlackServer;
let clock = 0;
beforeEach(async () => {
  clock = 0;
  server = await startSlack({ now: () => clock });
});
afterEach(() => server.close());

const quiet: NonNullable<WebClientOptions['logger']> = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};
const clientWith = (token?: string) =>
  new WebClient(token, {
    slackApiUrl: server.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quiet,
  });
const client = () => clientWith(server.botToken);
const refusal = (error: string) => ({ data: { ok: false, error } });
const section = (length: number, more: object = {}) => ({
  type: 'section',
  text: { type: 'plain_text', text: 'x'.repeat(length) },
  ...more,
});
const actions = (...ids: string[]) => ({
  type: 'actions',
  elements: ids.map((id) => ({ type: 'button', action_id: id, text: { type: 'plain_text', text: 'Go' } })),
});
const channel = 'C0INCIDENTS';

describe('tokens', () => {
  it('are checked', async () => {
    await expect(clientWith().auth.test()).rejects.toMatchObject(refusal('not_authed'));
    await expect(clientWith('xoxb-wrong').auth.test()).rejects.toMatchObject(refusal('invalid_auth'));
    await expect(client().apps.connections.open({})).rejects.toMatchObject(refusal('not_allowed_token_type'));
    expect(await client().auth.test()).toMatchObject({ ok: true, bot_id: 'B0BOT', user_id: 'U0BOT' });
  });
});

describe('messages', () => {
  it.each([
    ['51 blocks', Array(51).fill({ type: 'divider' }), 'invalid_blocks'],
    ['a long section', [section(3001)], 'invalid_blocks'],
    ['an empty section', [section(0)], 'invalid_blocks'],
    ['a long header', [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }], 'invalid_blocks'],
    ['mrkdwn in a header', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], 'invalid_blocks'],
    ['one action twice', [actions('a'), actions('a')], 'invalid_blocks'],
    ['one block twice', [section(1, { block_id: 'b' }), section(1, { block_id: 'b' })], 'invalid_blocks'],
    ['26 buttons', [actions(...Array.from({ length: 26 }, (_, at) => `a${at}`))], 'invalid_blocks'],
    ['too much in all', Array(5).fill(section(2900)), 'msg_blocks_too_long'],
  ])('are refused with %s', async (_, blocks, error) => {
    await expect(client().chat.postMessage({ channel, text: 'x', blocks })).rejects.toMatchObject(refusal(error));
    expect(server.messages()).toEqual([]);
  });

  it('are taken at the limits', async () => {
    await client().chat.postMessage({ channel, text: 'x', blocks: [section(3000), actions('a', 'b')] });
    expect(server.messages()).toHaveLength(1);
  });

  it('come by JSON as well', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${server.botToken}` };
    const body = JSON.stringify({ channel, text: 'x', blocks: [section(1)] });
    const answer = await fetch(`${server.apiUrl}chat.postMessage`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ ok: true, channel });
  });

  it('are refused in threads that are none', async () => {
    const parent = await client().chat.postMessage({ channel, text: 'x' });
    const reply = await client().chat.postMessage({ channel, text: 'x', thread_ts: parent.ts! });
    const under = client().chat.postMessage({ channel, text: 'x', thread_ts: reply.ts! });
    await expect(under).rejects.toMatchObject(refusal('thread_not_found'));
  });

  it('give their metadata back only when it is asked for', async () => {
    const metadata = { event_type: 'e', event_payload: { key: 'k' } };
    const { ts } = await client().chat.postMessage({ channel, text: 'x', metadata });
    const ask = async (include_all_metadata: boolean) =>
      (await client().conversations.replies({ channel, ts: ts!, include_all_metadata })).messages?.[0]?.metadata;
    expect(await ask(true)).toEqual(metadata);
    expect(await ask(false)).toBeUndefined();
  });

  it('are not updated with more than 4,000 characters', async () => {
    const { ts } = await client().chat.postMessage({ channel, text: 'x'.repeat(5000) });
    const updating = client().chat.update({ channel, ts: ts!, text: 'x'.repeat(4001) });
    await expect(updating).rejects.toMatchObject(refusal('msg_too_long'));
  });
});

describe('faults', () => {
  it('are used up by one call, and a late one is after the deed', async () => {
    server.fault('chat.postMessage', { kind: 'rate-limit', retryAfter: 3 });
    server.fault('chat.postMessage', { kind: 'status', status: 500, when: 'after' });
    await expect(client().chat.postMessage({ channel, text: 'a' })).rejects.toMatchObject({ retryAfter: 3 });
    await expect(client().chat.postMessage({ channel, text: 'b' })).rejects.toMatchObject({ statusCode: 500 });
    await client().chat.postMessage({ channel, text: 'c' });
    expect(server.messages().map((message) => message.text)).toEqual(['b', 'c']);
  });
});

describe('response_url', () => {
  const use = async (url: string) => (await fetch(url, { method: 'POST', body: '{"text":"x"}' })).status;
  const fresh = async () => String((await server.command('x')).payload.response_url);

  it('is good for five uses', async () => {
    const url = await fresh();
    const statuses: number[] = [];
    for (let each = 0; each < 6; each += 1) statuses.push(await use(url));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(server.ephemerals).toHaveLength(5);
  });

  it('is good for 30 minutes', async () => {
    const url = await fresh();
    clock = 30 * 60_000 + 1;
    expect(await use(url)).toBe(404);
  });
});

it('delivers late, and in the other order', async () => {
  const seen: (string | null)[] = [];
  const app = await serveListener(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    seen.push(new URLSearchParams(body).get('text'));
    res.end();
  });
  server.deliverTo(`http://127.0.0.1:${app.port}/`);
  server.hold();
  const sent = [server.command('first'), server.command('second')];
  expect(seen).toEqual([]);
  await server.release('reversed');
  await Promise.all(sent);
  await server.command('third');
  expect(seen).toEqual(['second', 'first', 'third']);
  await app.close();
});

it('says that a delivery was not acknowledged when nobody listens', async () => {
  expect(await server.command('x')).toMatchObject({ acknowledged: false, afterMs: null });
});

describe('modals', () => {
  const input = { type: 'input', block_id: 'b', label: { type: 'plain_text', text: 'Why?' }, optional: true };
  const element = { type: 'plain_text_input', action_id: 'a', max_length: 300 };
  const plain = (text: string) => ({ type: 'plain_text' as const, text });
  const modal = (set: object = {}) => ({
    type: 'modal' as const,
    callback_id: 'c',
    title: plain('Decline'),
    submit: plain('Decline'),
    blocks: [{ ...input, element }],
    ...set,
  });
  /** The trigger of a fresh command that nobody takes. */
  const trigger = async () => String((await server.command('x')).payload.trigger_id);
  const open = async (view: object, trigger_id?: string) =>
    client().views.open({ trigger_id: trigger_id ?? (await trigger()), view: view as ReturnType<typeof modal> });

  it('open once for each trigger, and within 3 s', async () => {
    const used = await trigger();
    expect(await open(modal(), used)).toMatchObject({ ok: true });
    await expect(open(modal(), used)).rejects.toMatchObject(refusal('exchanged_trigger_id'));
    await expect(open(modal(), 'made-up')).rejects.toMatchObject(refusal('invalid_trigger_id'));
    const late = await trigger();
    clock += 3001;
    await expect(open(modal(), late)).rejects.toMatchObject(refusal('expired_trigger_id'));
    expect(server.views).toHaveLength(1);
  });

  it.each([
    ['a long title', { title: plain('x'.repeat(25)) }],
    ['a long button', { submit: plain('x'.repeat(25)) }],
    ['long metadata', { private_metadata: 'x'.repeat(3001) }],
    ['no callback id', { callback_id: undefined }],
    ['a long callback id', { callback_id: 'x'.repeat(256) }],
    ['an input and no submit', { submit: undefined }],
    ['no blocks', { blocks: [] }],
    ['a long label', { blocks: [{ ...input, element, label: plain('x'.repeat(2001)) }] }],
    ['a limit that is none', { blocks: [{ ...input, element: { ...element, max_length: 3001 } }] }],
  ])('are refused with %s', async (_, set) => {
    await expect(open(modal(set))).rejects.toMatchObject(refusal('invalid_arguments'));
    expect(server.views).toEqual([]);
  });
});

describe('files', () => {
  const announce = (length: number) => client().files.getUploadURLExternal({ filename: 'a.md', length });
  const send = (url: string | undefined, body: string, headers: Record<string, string> = {}) =>
    fetch(url ?? '', { method: 'POST', body, headers });
  const complete = (id: string | undefined, thread_ts: string, to = channel) =>
    client().files.completeUploadExternal({ files: [{ id: id ?? '' }], channel_id: to, thread_ts });

  it('are shared once their bytes are there, once', async () => {
    const { ts } = await client().chat.postMessage({ channel, text: 'x' });
    const { upload_url: url, file_id: id } = await announce(2);
    await expect(complete(id, ts!)).rejects.toMatchObject(refusal('file_not_found'));
    expect((await send(url, 'é')).status).toBe(200);
    await complete(id, ts!);
    await expect(complete(id, ts!)).rejects.toMatchObject(refusal('file_not_found'));
    expect(server.thread(ts!).map(({ files }) => files)).toMatchObject([[{ name: 'a.md', size: 2 }]]);
  });

  it('are refused with another length, with a token, and without any length', async () => {
    const { upload_url: url } = await announce(3);
    expect((await send(url, 'ab')).status).toBe(400);
    expect((await send(url, 'abc', { authorization: 'Bearer x' })).status).toBe(400);
    await expect(announce(0)).rejects.toMatchObject(refusal('invalid_arguments'));
  });

  it('are refused in replies, and where the bot may not write', async () => {
    const parent = await client().chat.postMessage({ channel, text: 'x' });
    const reply = await client().chat.postMessage({ channel, text: 'x', thread_ts: parent.ts! });
    const { upload_url: url, file_id: id } = await announce(1);
    await send(url, 'x');
    await expect(complete(id, reply.ts!)).rejects.toMatchObject(refusal('invalid_arguments'));
    server.addChannel('C0AWAY', { botIsMember: false });
    await expect(complete(id, parent.ts!, 'C0AWAY')).rejects.toMatchObject(refusal('posting_to_channel_denied'));
    await expect(complete(id, parent.ts!, 'C0NONE')).rejects.toMatchObject(refusal('invalid_channel'));
  });
});

describe('direct messages and flat channels', () => {
  it('open one conversation with a person of the workspace', async () => {
    const open = async (users: string) => (await client().conversations.open({ users })).channel?.id;
    expect(await open('U0ANNA')).toBe(await open('U0ANNA'));
    await expect(open('U0NOBODY')).rejects.toMatchObject(refusal('user_not_found'));
  });

  it('refuse replies where there are no threads', async () => {
    server.addChannel('C0FLAT', { threads: false });
    const { ts } = await client().chat.postMessage({ channel: 'C0FLAT', text: 'x' });
    const reply = client().chat.postMessage({ channel: 'C0FLAT', text: 'x', thread_ts: ts! });
    await expect(reply).rejects.toMatchObject(refusal('restricted_action_non_threadable_channel'));
  });
});
