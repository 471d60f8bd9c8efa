import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage('http');
});
afterEach(() => stage.close());

const post = (thread: string | null, key: string, maybeDelivered = false) =>
  stage.chat.post(stage.to, thread, key, card({ title: key }), maybeDelivered);
const tsOf = (ref: string) => (JSON.parse(ref) as { ts: string }).ts;
const posts = () => stage.server.calls.filter((call) => call.method === 'chat.postMessage').length;
const keysIn = (ts: string) => stage.server.thread(ts).map((message) => message.metadata?.event_payload);

describe('posting', () => {
  it('posts a parent and replies in order', async () => {
    const parent = await post(null, 'parent');
    for (const key of ['step:host', 'step:image', 'verdict']) await post(parent, key);
    expect(JSON.parse(parent)).toEqual({ channel: 'C0INCIDENTS', ts: stage.server.messages()[0]?.ts });
    expect(keysIn(tsOf(parent))).toEqual([{ key: 'step:host' }, { key: 'step:image' }, { key: 'verdict' }]);
  });

  it('asks for no previews, no parsing and no broadcast', async () => {
    await post(await post(null, 'parent'), 'reply');
    for (const { args } of stage.server.calls.filter((call) => call.method === 'chat.postMessage')) {
      expect(args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
      for (const name of ['link_names', 'parse', 'reply_broadcast']) expect(args).not.toHaveProperty(name);
      expect(args.text).not.toBe('');
    }
  });

  it.each([
    ['a 500 after it was posted', { kind: 'status', status: 500, when: 'after' }],
    ['a connection cut after it was posted', { kind: 'cut', when: 'after' }],
    ['a 500 before', { kind: 'status', status: 500, when: 'before' }],
    ['internal_error', { kind: 'error', error: 'internal_error' }],
  ] as const)('posts a parent and a reply once after %s', async (_, fault) => {
    stage.server.fault('chat.postMessage', fault);
    const parent = await post(null, 'parent');
    expect(stage.server.messages()).toHaveLength(1);
    stage.server.fault('chat.postMessage', fault);
    const reply = await post(parent, 'reply');
    expect(stage.server.thread(tsOf(parent)).map((message) => message.ts)).toEqual([tsOf(reply)]);
  });

  it('finds what an earlier process may have posted, also in a long thread', async () => {
    const parent = await post(null, 'parent');
    const reply = await post(parent, 'wanted');
    for (let each = 0; each < 205; each += 1) stage.server.foreignMessage({ thread_ts: tsOf(parent) });
    const last = await post(parent, 'last');
    const before = posts();
    expect(await post(parent, 'wanted', true)).toBe(reply);
    expect(await post(parent, 'last', true)).toBe(last);
    expect(await post(null, 'parent', true)).toBe(parent);
    expect(posts()).toBe(before);
  });

  it('does not take another bot’s message for its own', async () => {
    const metadata = { event_type: 'execfmt_card', event_payload: { key: 'parent' } };
    const foreign = stage.server.foreignMessage({ metadata, bot_id: 'B0EVIL' });
    expect(tsOf(await post(null, 'parent', true))).not.toBe(foreign.ts);
  });

  it('posts when it may not read: a message twice is better than none', async () => {
    stage.server.fault('conversations.history', { kind: 'error', error: 'missing_scope' });
    await post(null, 'parent', true);
    expect(stage.server.messages()).toHaveLength(1);
    expect(stage.lines.some((line) => line.message.includes('channels:history'))).toBe(true);
  });

  it('waits as long as a rate limit says', async () => {
    stage.server.fault('chat.postMessage', { kind: 'rate-limit', retryAfter: 7 });
    await post(null, 'parent');
    expect(stage.slept).toEqual([7000]);
    expect(stage.server.messages()).toHaveLength(1);
  });

  it('does not wait longer than a minute', async () => {
    stage.server.fault('chat.postMessage', { kind: 'rate-limit', retryAfter: 61 });
    await expect(post(null, 'parent')).rejects.toMatchObject({ name: 'ChatError', code: 'unavailable' });
    expect(stage.slept).toEqual([]);
  });

  it('gives up after four attempts with growing waits', async () => {
    for (let each = 0; each < 4; each += 1)
      stage.server.fault('chat.postMessage', { kind: 'status', status: 503, when: 'before' });
    await expect(post(null, 'parent')).rejects.toMatchObject({ code: 'unavailable' });
    expect(posts()).toBe(4);
    expect(stage.slept).toEqual([500, 1000, 2000]);
  });

  it.each([
    ['not_in_channel', { botIsMember: false }],
    ['channel_not_found', { botIsMember: false, isPrivate: true }],
    ['is_archived', { archived: true }],
    ['restricted_action_read_only_channel', { restricted: true }],
  ])('says that the place is gone: %s', async (reason, set) => {
    stage.server.addChannel('C0GONE', set);
    const posting = stage.chat.post({ chat: 'slack', id: 'T0TEAM/C0GONE' }, null, 'k', card(), false);
    await expect(posting).rejects.toMatchObject({
      name: 'ChatError',
      code: 'gone',
      message: expect.stringContaining(reason),
    });
    expect(posts()).toBe(1);
  });

  it('says that it is refused when trying again is no use but the place is there', async () => {
    const lost = JSON.stringify({ channel: 'C0INCIDENTS', ts: '1.000001' });
    await expect(post(lost, 'reply')).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('updating', () => {
  it('replaces the card in place and keeps its key', async () => {
    const ref = await post(null, 'parent');
    const ids = stage.server.messages()[0]?.blocks?.map((block) => block.block_id);
    await stage.chat.update(ref, card({ tone: 'ok', title: 'Recovered', fallback: 'It runs again.' }));
    const [message, ...others] = stage.server.messages();
    expect(others).toEqual([]);
    expect(message?.text).toContain('It runs again.');
    expect(JSON.stringify(message?.blocks)).toContain('Recovered');
    expect(message?.blocks?.map((block) => block.block_id)).not.toEqual(ids);
    expect(await post(null, 'parent', true)).toBe(ref);
  });

  it('tries again after a 500', async () => {
    const ref = await post(null, 'parent');
    stage.server.fault('chat.update', { kind: 'status', status: 500, when: 'before' });
    await stage.chat.update(ref, card({ fallback: 'Again.' }));
    expect(stage.server.messages()[0]?.text).toContain('Again.');
  });

  it('is refused for a message of somebody else', async () => {
    const { ts } = stage.server.foreignMessage({ text: 'hello' });
    const updating = stage.chat.update(JSON.stringify({ channel: 'C0INCIDENTS', ts }), card());
    await expect(updating).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('cant_update_message'),
    });
  });
});
