import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ThreadMessage } from '../../../src/run/thread-message.ts';
import { card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
let parent: string;
beforeEach(async () => {
  stage = await startStage('socket');
  parent = await stage.chat.post(stage.to, null, 'r-aaaaaa:parent', card(), false);
  await stage.chat.post(stage.to, parent, 'r-aaaaaa:step', card({ title: 'a step' }), false);
});
afterEach(() => stage.close());

const ts = () => String(JSON.parse(parent).ts);
const say = (user: string, text: string, more = {}) =>
  stage.server.foreignMessage({ user, text, thread_ts: ts(), ...more });
const read = () => {
  const { messages } = stage.chat;
  if (!messages) throw new Error('Slack gives messages');
  return messages(stage.to, parent, AbortSignal.timeout(10_000));
};
const readAll = async (): Promise<readonly ThreadMessage[]> => {
  const answer = await read();
  if (answer.kind !== 'known') throw new Error(answer.why.message);
  return answer.value;
};

describe('the messages of a thread', () => {
  it('are those of people, with names, oldest first', async () => {
    const first = say('U0ANNA', 'v2 was fine');
    say('U0OTHERBOT', 'deployed', { bot_id: 'B0OTHER' });
    say('U0BEN', 'rolling back');
    const messages = await readAll();
    expect(messages.map(({ by, text }) => [by.id, by.name, text])).toEqual([
      ['slack:U0ANNA', 'Anna', 'v2 was fine'],
      ['slack:U0BEN', 'Ben', 'rolling back'],
    ]);
    expect(Date.parse(messages[0]?.at ?? '')).toBe(Math.floor(Number(first.ts) * 1000));
  });

  it('are plain text', async () => {
    say('U0ANNA', 'see <https://ci.corp.io/1|the build> &amp; <@U0BEN>, <!here> a &lt; b');
    expect((await readAll())[0]?.text).toBe('see the build (https://ci.corp.io/1) & @U0BEN, @here a < b');
  });

  it('are at most 200, of at most 4,000 characters', async () => {
    say('U0ANNA', 'x'.repeat(9_000));
    for (let index = 0; index < 250; index += 1) say('U0BEN', `message ${index}`);
    const messages = await readAll();
    expect(messages).toHaveLength(200);
    expect(messages[0]?.text).toHaveLength(4_000);
    expect(messages.at(-1)?.text).toBe('message 198');
  });

  it('have ids for names where names may not be read', async () => {
    stage.server.removeScope('users:read');
    say('U0ANNA', 'v2 was fine');
    expect((await readAll())[0]?.by).toEqual({ id: 'slack:U0ANNA', name: 'U0ANNA' });
  });

  it('have the id of one who is gone, and the names of the others', async () => {
    say('U0GONE', 'bye');
    say('U0BEN', 'hello');
    expect((await readAll()).map(({ by }) => by.name)).toEqual(['U0GONE', 'Ben']);
  });

  it('name the scope that is missing', async () => {
    stage.server.removeScope('channels:history');
    expect(await read()).toMatchObject({ kind: 'probe-failed', why: { message: 'missing scope channels:history' } });
  });

  it('say that the app is not in the channel', async () => {
    stage.server.addChannel(stage.server.channel, { botIsMember: false });
    expect(await read()).toMatchObject({ kind: 'probe-failed', why: { code: 'not-found' } });
  });
});
