import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage('http');
});
afterEach(() => stage.close());

const anna = { id: 'slack:U0ANNA', name: 'anna' };
const tell = (channel = stage.server.channel) =>
  stage.chat.tellPerson!(
    anna,
    { chat: 'slack', id: `${stage.server.team}/${channel}` },
    card({ fallback: 'It fails.' }),
  );
const heard = async (channel: string) => {
  await stage.server.command('x', { channel });
  await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
};

describe('telling one person', () => {
  it('answers the command they gave, also where the bot is no member', async () => {
    stage.server.addChannel('C0FOREIGN', { botIsMember: false });
    await heard('C0FOREIGN');
    await tell('C0FOREIGN');
    expect(stage.server.ephemerals).toMatchObject([{ channel: 'C0FOREIGN', user: 'U0ANNA', via: 'response_url' }]);
  });

  it('answers in the thread of a mention', async () => {
    await stage.chat.post(stage.to, null, 'parent', card(), false);
    const thread = stage.server.messages()[0]!.ts;
    await stage.server.mention('<@U0BOT> x', { thread });
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    await tell();
    expect(stage.server.ephemerals).toMatchObject([{ user: 'U0ANNA', via: 'chat.postEphemeral', thread }]);
  });

  it('answers in the channel whom it has not heard since it was started', async () => {
    await tell();
    expect(stage.server.ephemerals).toMatchObject([{ user: 'U0ANNA', via: 'chat.postEphemeral', thread: null }]);
  });

  it.each([
    ['is archived', { archived: true }],
    ['is without the bot', { botIsMember: false }],
    ['was left by the person', { members: new Set(['U0BEN']) }],
  ])('writes a direct message when the channel %s', async (_, set) => {
    stage.server.addChannel('C0GONE', set);
    await tell('C0GONE');
    expect(stage.server.messages('D0ANNA').map(({ text }) => text)).toEqual([expect.stringContaining('It fails.')]);
    expect(stage.server.ephemerals).toEqual([]);
  });

  it('rejects when the person cannot be reached at all', async () => {
    stage.server.addChannel('C0GONE', { archived: true });
    stage.server.fault('conversations.open', { kind: 'error', error: 'missing_scope' });
    await expect(tell('C0GONE')).rejects.toMatchObject({ name: 'ChatError', code: 'refused' });
  });
});

describe('why a place is gone', () => {
  it.each([
    [{ archived: true }, 'archived'],
    [{ botIsMember: false }, 'not-a-member'],
    [{ botIsMember: false, isPrivate: true }, 'not-a-member'],
    [{ restricted: true }, 'restricted'],
  ])('is said of a channel with %j', async (set, reason) => {
    stage.server.addChannel('C0GONE', set);
    const posted = stage.chat.post({ chat: 'slack', id: 'T0TEAM/C0GONE' }, null, 'k', card(), false);
    await expect(posted).rejects.toMatchObject({ name: 'ChatError', code: 'gone', reason });
  });

  it('is said of a channel without threads', async () => {
    stage.server.addChannel('C0FLAT', { threads: false });
    const to = { chat: 'slack', id: 'T0TEAM/C0FLAT' } as const;
    const parent = await stage.chat.post(to, null, 'parent', card(), false);
    const reply = stage.chat.post(to, parent, 'reply', card(), false);
    await expect(reply).rejects.toMatchObject({ code: 'gone', reason: 'no-threads' });
    await stage.chat.update(parent, card({ title: 'Recovered' }));
  });
});
