import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOrigins } from '../../../adapters/chat/teams/origin.ts';
import { type Place, readPlace } from '../../../adapters/chat/teams/place.ts';
import type { Button } from '../../../src/view/card.ts';
import { card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const intents = () => stage.app.intents;
const taken = (count: number) => vi.waitFor(() => expect(intents()).toHaveLength(count));
const placeOf = (index: number) => readPlace(intents()[index]?.conversation.id ?? '');
const GROUP = '19:group@thread.v2';

const command = (subject: string): Button => ({
  label: subject,
  style: 'plain',
  press: { action: 'command', run: '', subject, hash: null },
  confirm: null,
});
const suggestion = card({ title: 'No such name', buttons: [command('pdf-renderer')] });

async function tellAnna(room?: string) {
  stage.app.answerWith(async () => ({ kind: 'private', card: suggestion }));
  await stage.server.mention('pdf-rendrer', { user: 'anna', ...(room === undefined ? {} : { room }) });
  const alone = () => stage.server.messages('a:alone-anna');
  await vi.waitFor(() => expect(alone()).toHaveLength(1));
  stage.app.answerWith(async () => ({ kind: 'nothing' }));
  const [message] = alone();
  if (!message) throw new Error('nothing was told');
  return message;
}

describe('a command as a button', () => {
  it('goes on in the thread where it was asked, though it stands in the chat with one person alone', async () => {
    const message = await tellAnna();
    expect((await stage.server.press(message, 'pdf-renderer', 'anna')).body?.statusCode).toBe(200);
    await taken(2);
    expect(intents()[1]?.what).toEqual({
      kind: 'press',
      press: { action: 'command', run: '', subject: 'pdf-renderer', hash: null },
    });
    expect(placeOf(1)).toEqual(placeOf(0));
    expect(placeOf(1).kind).toBe('channel');
  });

  it('does so in group chats, and in clients without Action.Execute', async () => {
    stage.server.world.room(GROUP, 'groupChat', ['anna', 'ben']);
    const message = await tellAnna(GROUP);
    await stage.server.pressOld(message, 'pdf-renderer', 'anna');
    await taken(2);
    expect(placeOf(1)).toMatchObject({ kind: 'groupChat', conversation: GROUP });
  });

  it('stays in the chat with the bot alone when it was asked there', async () => {
    const message = await tellAnna('a:alone-anna');
    await stage.server.press(message, 'pdf-renderer', 'anna');
    await taken(2);
    expect(placeOf(1)).toMatchObject({ kind: 'personal', conversation: 'a:alone-anna' });
  });

  it.each([
    ['another channel', (origin: string) => origin.replace('19:incidents', '19:board')],
    ['no seal', (origin: string) => origin.replace(/^\S+/, '')],
    ['a made-up seal', (origin: string) => origin.replace(/^\S+/, 'x'.repeat(22))],
  ])('goes nowhere else by data with %s', async (_, forge) => {
    const message = await tellAnna();
    const { activity } = await stage.server.press(message, 'pdf-renderer', 'anna');
    const value = JSON.parse(JSON.stringify(activity.value)) as { action: { data: { origin: string } } };
    value.action.data.origin = forge(value.action.data.origin);
    await stage.server.deliver({ ...activity, id: 'f:forged', value });
    await taken(3);
    expect(placeOf(2)).toMatchObject({ kind: 'personal', conversation: 'a:alone-anna' });
  });

  it('is sealed for one person, by the bot’s own secret', () => {
    const at = (conversation: string, kind: Place['kind']): Place => {
      return { conversation, kind, serviceUrl: 'https://x/', tenant: 't', bot: '28:b' };
    };
    const origins = createOrigins('secret');
    const origin = origins.seal(at('19:a;messageid=1', 'channel'), '29:anna');
    const here = at('a:alone', 'personal');
    expect(origins.open(origin, here, '29:anna')).toEqual(at('19:a;messageid=1', 'channel'));
    expect(origins.open(origin, here, '29:ben')).toBeNull();
    expect(createOrigins('another').open(origin, here, '29:anna')).toBeNull();
  });
});

describe('an answer to a press that is more than words', () => {
  it('is said beside the card, and stands whole in the chat with that person', async () => {
    const again: Button = {
      ...command('x'),
      label: 'Run again',
      press: { ...command('x').press, action: 'again', run: 'r' },
    };
    await stage.chat.post(stage.to, null, 'r:verdict', card({ buttons: [again] }), false);
    const [message] = stage.server.messages();
    if (!message) throw new Error('nothing was posted');
    const facts = [{ label: 'To', value: 'sha256:1', odd: false }];
    const told = card({ title: 'What would happen', parts: [{ kind: 'facts', facts }], buttons: [command('status')] });
    stage.app.answerWith(async () => ({ kind: 'private', card: told }));
    const { body } = await stage.server.press(message, 'Run again', 'anna');
    expect(body?.value).toContain('What would happen');
    await vi.waitFor(() => expect(JSON.stringify(stage.server.messages('a:alone-anna'))).toContain('sha256:1'));
    expect(stage.server.messages()).toHaveLength(1);
  });
});

describe('a line that is asked for', () => {
  const decline: Button = {
    label: 'Decline',
    style: 'plain',
    press: { action: 'decline', run: 'r-aaaaaa', subject: 'p1', hash: 'h' },
    confirm: null,
    ask: { title: 'Decline?', label: 'Why', ok: 'Decline it' },
  };
  async function postPlan() {
    await stage.chat.post(stage.to, null, 'r-aaaaaa:plan:p1', card({ buttons: [command('list'), decline] }), false);
    const message = stage.server.messages().at(-1);
    if (!message) throw new Error('nothing was posted');
    return message;
  }

  it('comes with the press, in one line, cut', async () => {
    const typed = `  not\nnow <at>all</at> ${'x'.repeat(400)}`;
    await stage.server.press(await postPlan(), 'Decline it', 'ben', null, typed);
    expect(intents()[0]?.what).toEqual({
      kind: 'press',
      press: decline.press,
      said: typed.replace('\n', ' ').trim().slice(0, 300),
    });
  });

  it('comes from clients without Action.Execute, too', async () => {
    await stage.server.pressOld(await postPlan(), 'Decline it', 'ben', 'not now');
    await taken(1);
    expect(intents()[0]?.what).toMatchObject({ press: decline.press, said: 'not now' });
  });

  it('is not there when nothing was typed, and not with other buttons', async () => {
    const message = await postPlan();
    await stage.server.press(message, 'Decline it', 'ben', null, '  ');
    await stage.server.press(message, 'list', 'ben', null, 'typed elsewhere');
    expect(intents().map(({ what }) => 'said' in what)).toEqual([false, false]);
  });
});
