import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPlace, writePlace } from '../../../adapters/chat/teams/place.ts';
import { beginThread, card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const post = (thread: string | null, key: string, set: Parameters<typeof card>[0] = {}) =>
  stage.chat.post(stage.to, thread, `r-aaaaaa:${key}`, card({ title: key, ...set }), false);
const posts = () => stage.server.calls.filter(({ operation }) => operation === 'send');
const sent = () => stage.server.messages();

describe('posting', () => {
  it('sends a card alone, with a summary, and mentions nobody', async () => {
    await post(null, 'parent');
    const [{ body } = { body: {} }] = posts();
    expect(Object.keys(body).sort()).toEqual(['attachments', 'summary', 'type']);
    expect(sent()[0]).toMatchObject({ text: '', summary: expect.stringContaining('Looking.') });
  });

  it('begins a thread of its own where it is not asked in one', async () => {
    const to = { ...stage.to, id: writePlace({ ...readPlace(stage.to.id), conversation: stage.server.channel }) };
    const parent = await stage.chat.post(to, null, 'r-aaaaaa:parent', card(), false);
    await stage.chat.post(to, parent, 'r-aaaaaa:reply', card(), false);
    await stage.chat.update(parent, card({ title: 'Recovered' }));
    const [first, reply] = sent();
    expect(first?.conversation).toBe(`${stage.server.channel};messageid=${first?.id}`);
    expect(reply?.conversation).toBe(first?.conversation);
    expect(JSON.stringify(first?.card)).toContain('Recovered');
  });

  it.each([412, 429, 502, 503, 504])('tries again after %i', async (status) => {
    stage.server.fault('send', { kind: 'status', status, when: 'before' });
    await post(null, 'parent');
    expect(sent()).toHaveLength(1);
  });

  it.each([
    [400, 'BadSyntax', 'refused'],
    [401, 'Unauthorized', 'refused'],
    [403, 'Forbidden', 'refused'],
    [403, 'BotNotInConversationRoster', 'gone'],
    [404, 'ConversationNotFound', 'gone'],
    [413, 'MessageSizeTooBig', 'refused'],
    [500, 'ServiceError', 'refused'],
  ])('does not try again after %i %s', async (status, word, code) => {
    stage.server.fault('send', { kind: 'status', status, word, when: 'before' });
    await expect(post(null, 'parent')).rejects.toMatchObject({ name: 'ChatError', code });
    expect(posts()).toHaveLength(1);
  });

  it.each([
    ['a 502', { kind: 'status', status: 502, when: 'after' }],
    ['a connection that is cut', { kind: 'cut', when: 'after' }],
  ] as const)('keeps the later one up to date when %s hid that it was posted', async (_, fault) => {
    stage.server.fault('send', fault);
    const ref = await post(null, 'parent');
    await stage.chat.update(ref, card({ title: 'Recovered' }));
    expect(sent()).toHaveLength(2);
    expect(JSON.stringify(sent()[1]?.card)).toContain('Recovered');
  });

  it('gives up after four attempts with growing waits', async () => {
    for (let each = 0; each < 4; each += 1) stage.server.fault('send', { kind: 'cut', when: 'before' });
    await expect(post(null, 'parent')).rejects.toMatchObject({ code: 'unavailable' });
    expect(posts()).toHaveLength(4);
    const [first = 0, second = 0, third = 0] = stage.slept;
    expect(stage.slept).toHaveLength(3);
    expect(first >= 500 && first <= 750 && second >= 1000 && second <= 1500 && third >= 2000 && third <= 3000).toBe(
      true,
    );
  });

  it('never sends faster than Teams takes it', async () => {
    const parent = await post(null, 'parent');
    await Promise.all(Array.from({ length: 80 }, (_, index) => post(parent, `step:${index}`)));
    expect(stage.server.calls.filter(({ status }) => status === 429)).toEqual([]);
    expect(sent()).toHaveLength(81);
  });

  it('loses nothing of fifty runs in fifty channels, and of ten in one', async () => {
    const places = Array.from({ length: 50 }, (_, index) => beginThread(stage.server, `19:c${index}@thread.tacv2`));
    const tell = async (to: Stage['to'], run: string) => {
      const parent = await stage.chat.post(to, null, `${run}:parent`, card(), false);
      for (const key of ['step:host', 'step:image']) await stage.chat.post(to, parent, `${run}:${key}`, card(), false);
      await stage.chat.update(parent, card({ title: `done ${run}` }));
    };
    const inMany = places.map((to, index) => tell(to, `r-m${index}`));
    const inOne = Array.from({ length: 10 }, (_, index) => tell(stage.to, `r-o${index}`));
    await Promise.all([...inMany, ...inOne]);
    for (let index = 0; index < 50; index += 1) {
      const messages = stage.server.messages(`19:c${index}@thread.tacv2`);
      expect(messages).toHaveLength(3);
      expect(JSON.stringify(messages[0]?.card)).toContain(`done r-m${index}`);
    }
    expect(sent()).toHaveLength(30);
    expect(JSON.stringify(sent()).match(/done r-o\d/g)).toHaveLength(10);
    // This clock leaps while other threads' calls are on their way, so that some come too soon for Teams: they are sent again.
    expect(stage.server.calls.filter(({ status }) => status >= 400 && status !== 429)).toEqual([]);
  });

  it('signs in again when its token is good no longer', async () => {
    await post(null, 'parent');
    stage.server.revokeTokens();
    await expect(post(null, 'other')).rejects.toMatchObject({ code: 'refused' });
    await post(null, 'other');
    expect(sent()).toHaveLength(2);
  });

  it('says so when Entra does not let it in', async () => {
    stage.server.revokeTokens();
    await post(null, 'parent').catch(() => undefined);
    for (let each = 0; each < 4; each += 1)
      stage.server.fault('token', { kind: 'status', status: 503, when: 'before' });
    await expect(post(null, 'other')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('The sign-in answered 503'),
    });
  });
});

describe('updating', () => {
  it('is refused for a message of somebody else', async () => {
    const ref = JSON.parse(await post(null, 'parent')) as Record<string, string>;
    const foreign = stage.server.world.room(stage.server.channel, 'channel').messages[0]?.id;
    const updating = stage.chat.update(JSON.stringify({ ...ref, activity: foreign }), card());
    await expect(updating).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('403') });
  });

  it('is no use for a message that was deleted', async () => {
    const ref = JSON.parse(await post(null, 'parent')) as Record<string, string>;
    const updating = stage.chat.update(JSON.stringify({ ...ref, activity: '1' }), card());
    await expect(updating).rejects.toMatchObject({ code: 'gone' });
  });
});

describe('approvers', () => {
  const button = {
    label: 'Approve',
    style: 'primary',
    press: { action: 'approve', run: 'r-aaaaaa', subject: 'p1', hash: 'h' },
    confirm: null,
  } as const;

  it('are found among the members, however many there are, and named on the card by their id in Teams', async () => {
    const { world, channel } = stage.server;
    const { users } = world.room(channel, 'channel');
    for (let each = 0; each < 700; each += 1) users.push(world.user(`member-${each}`));
    const approvers = ['ben', 'member-650', 'nobody'].map((name) => `teams:${world.user(name).object}`);
    await post(null, 'plan:p1', { buttons: [button], approvers });
    expect(sent()[0]?.card?.refresh?.userIds).toEqual([world.user('ben').id, world.user('member-650').id]);
    await post(null, 'plan:p2', { buttons: [button], approvers });
    expect(stage.server.calls.filter(({ operation }) => operation === 'members')).toHaveLength(2);
  });

  it('are at most sixty, and none when nothing is to be pressed', async () => {
    const { world, channel } = stage.server;
    const { users } = world.room(channel, 'channel');
    for (let each = 0; each < 100; each += 1) users.push(world.user(`member-${each}`));
    const approvers = users.map(({ object }) => `teams:${object}`);
    await post(null, 'plan:p1', { buttons: [button], approvers });
    await post(null, 'plan:p2', { approvers });
    expect(sent().map(({ card: shown }) => shown?.refresh?.userIds.length)).toEqual([60, undefined]);
  });

  it('get their card without being known to Teams', async () => {
    stage.server.fault('members', { kind: 'status', status: 500, when: 'before' });
    await post(null, 'plan:p1', { buttons: [button], approvers: ['teams:x'] });
    expect(sent()[0]?.card?.actions).toHaveLength(1);
    expect(stage.lines.some(({ message }) => message.includes('who is here is not known'))).toBe(true);
  });
});
