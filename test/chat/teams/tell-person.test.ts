import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginThread, card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const tell = (who: string, to = stage.to) => {
  const person = { id: `teams:${stage.server.world.user(who).object}`, name: who };
  return stage.chat.tellPerson?.(person, to, card({ parts: [{ kind: 'text', text: 'Type /execfmt list' }] }));
};

describe('telling a person something later', () => {
  it('is done in the chat with them alone, in the words of Teams', async () => {
    await tell('anna');
    expect(JSON.stringify(stage.server.messages('a:alone-anna'))).toContain('@execfmt list');
    expect(stage.server.messages()).toEqual([]);
  });

  it('is done where they are when that is a chat with them alone', async () => {
    await tell('anna', beginThread(stage.server, 'a:alone-anna'));
    expect(stage.server.messages('a:alone-anna')).toHaveLength(1);
  });

  it('is done in the thread where Teams opens no such chat', async () => {
    stage.server.world.room(stage.server.channel, 'channel').users.push(stage.server.world.user('carl'));
    await tell('carl');
    expect(stage.server.messages()).toHaveLength(1);
  });

  it('is done in the thread when nobody knows who they are in Teams', async () => {
    await tell('dora');
    expect(stage.server.messages()).toHaveLength(1);
  });

  it('needs no list of members for whom it has heard', async () => {
    await stage.server.mention('list', { user: 'anna' });
    await tell('anna');
    expect(stage.server.calls.map(({ operation }) => operation)).toEqual(['create', 'send']);
  });

  it('is no use when the bot was removed', async () => {
    stage.server.world.room(stage.server.channel, 'channel').botIsMember = false;
    await expect(tell('anna')).rejects.toMatchObject({ code: 'gone' });
  });
});

describe('places that are gone', () => {
  const post = () => stage.chat.post(stage.to, null, 'r-aaaaaa:parent', card(), false);

  it.each([
    [403, 'BotNotInConversationRoster', 'gone', 'not-a-member'],
    [403, 'MessageWritesBlocked', 'gone', 'restricted'],
    [404, 'ConversationNotFound', 'gone', null],
    [404, 'SomethingNew', 'gone', null],
    [403, 'Forbidden', 'refused', null],
    [413, 'MessageSizeTooBig', 'refused', null],
    [500, 'ServiceError', 'refused', null],
  ] as const)('are known by %i %s', async (status, word, code, reason) => {
    stage.server.fault('send', { kind: 'status', status, word, when: 'before' });
    await expect(post()).rejects.toMatchObject({ code, reason });
    expect(stage.server.calls.filter(({ operation }) => operation === 'send')).toHaveLength(1);
  });

  it.each([412, 429, 502, 503, 504])('are not what %i means: it is tried again', async (status) => {
    stage.server.fault('send', { kind: 'status', status, when: 'before' });
    await post();
    expect(stage.server.messages()).toHaveLength(1);
  });
});
