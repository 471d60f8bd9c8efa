import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Button } from '../../../src/view/card.ts';
import { card, type Stage, startStage } from './start-chat.ts';

const APPROVE: Button = {
  label: 'Roll back',
  style: 'danger',
  press: { action: 'approve', run: 'r-7k2m9x', subject: 'p1', hash: 'abc' },
  confirm: { title: 'Roll back?', text: 'To sha256:1', ok: 'Yes', cancel: 'No' },
};

describe.each(['socket', 'http'] as const)('deliveries by %s', (mode) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage(mode);
  });
  afterEach(() => stage.close());

  const postedCard = async () => {
    await stage.chat.post(stage.to, null, 'k', card({ buttons: [APPROVE] }), false);
    return stage.server.messages()[0]!;
  };

  it('makes a command neutral', async () => {
    const delivery = await stage.server.command(' pdf-renderer &lt;v3&gt; ', { user: 'U0BEN' });
    expect(delivery.acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    expect(stage.app.intents[0]).toEqual({
      by: { id: 'slack:U0BEN', name: 'ben' },
      conversation: { chat: 'slack', id: 'T0TEAM/C0INCIDENTS' },
      delivery: delivery.payload.trigger_id,
      what: { kind: 'command', text: 'pdf-renderer <v3>' },
    });
  });

  it('acknowledges in 3 s what takes 5 s', async () => {
    let done = false;
    stage.app.answerWith(async () => {
      await wait(5000);
      done = true;
      return { kind: 'private', card: card({ title: 'Late' }) };
    });
    const delivery = await stage.server.command('pdf-renderer');
    expect(delivery.acknowledged).toBe(true);
    expect(done).toBe(false);
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1), { timeout: 8000 });
    expect(stage.server.ephemerals[0]).toMatchObject({ via: 'response_url', user: 'U0ANNA' });
  });

  it('tells a private reply to the person alone', async () => {
    stage.app.answerWith(async () => ({ kind: 'private', card: card({ fallback: 'No target is called x.' }) }));
    await stage.server.command('x');
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
    expect(stage.server.ephemerals[0]?.text).toContain('No target is called x.');
    expect(stage.server.messages()).toEqual([]);
  });

  it('tells a private reply also where the bot is not a member', async () => {
    stage.server.addChannel('C0FOREIGN', { botIsMember: false });
    stage.app.answerWith(async () => ({ kind: 'private', card: card() }));
    await stage.server.command('x', { channel: 'C0FOREIGN' });
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
  });

  it('says which run was joined', async () => {
    stage.app.answerWith(async () => ({ kind: 'run', run: 'r-7k2m9x', joined: true }));
    await stage.server.command('pdf-renderer');
    await vi.waitFor(() => expect(stage.server.ephemerals[0]?.text).toContain('r-7k2m9x'));
  });

  it('takes a mention in a thread, and answers privately there', async () => {
    const parent = await postedCard();
    stage.app.answerWith(async () => ({ kind: 'private', card: card() }));
    const text = 'hey <@U0BOT> <http://registry.corp.io/pdf:v3|registry.corp.io/pdf:v3>';
    const delivery = await stage.server.mention(text, { thread: parent.ts });
    expect(delivery.acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
    expect(stage.server.ephemerals[0]).toMatchObject({ via: 'chat.postEphemeral', user: 'U0ANNA', thread: parent.ts });
    expect(stage.app.intents[0]).toMatchObject({
      delivery: delivery.payload.event_id,
      what: { kind: 'command', text: 'registry.corp.io/pdf:v3' },
    });
  });

  it('takes an event once that comes twice', async () => {
    await stage.server.mention('<@U0BOT> pdf-renderer');
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    const again = await stage.server.retry();
    expect(again.acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.lines.map((line) => line.message).join()).toContain('came again'));
    expect(stage.app.intents).toHaveLength(1);
  });

  it('carries a press through as it is and answers in the thread', async () => {
    const parent = await postedCard();
    stage.app.answerWith(async () => ({ kind: 'private', card: card({ fallback: 'You may not approve this.' }) }));
    const delivery = await stage.server.press(parent, 'Roll back', { user: 'U0BEN' });
    expect(delivery.acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
    expect(stage.app.intents[0]).toMatchObject({
      by: { id: 'slack:U0BEN' },
      conversation: { id: 'T0TEAM/C0INCIDENTS' },
      delivery: delivery.payload.trigger_id,
      what: { kind: 'press', press: APPROVE.press },
    });
    expect(stage.server.ephemerals[0]).toMatchObject({ user: 'U0BEN', thread: parent.ts });
  });

  it('takes a press on what only one person sees, and answers there too', async () => {
    stage.server.addChannel('C0FOREIGN', { botIsMember: false });
    stage.app.answerWith(async () => ({ kind: 'private', card: card({ buttons: [APPROVE] }) }));
    await stage.server.command('x', { channel: 'C0FOREIGN' });
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
    const delivery = await stage.server.pressEphemeral(stage.server.ephemerals[0]!, 'Roll back');
    expect(delivery.acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(2));
    expect(stage.server.ephemerals[1]).toMatchObject({ channel: 'C0FOREIGN', via: 'response_url', user: 'U0ANNA' });
    expect(stage.app.intents[1]?.what).toEqual({ kind: 'press', press: APPROVE.press });
  });

  it('does nothing for a button that is none of its own', async () => {
    const elements = [
      { type: 'button', action_id: 'execfmt:0', text: { type: 'plain_text', text: 'Old' }, value: '{"action":"rm"}' },
    ];
    const foreign = stage.server.foreignMessage({ blocks: [{ type: 'actions', block_id: 'b', elements }] });
    const delivery = await stage.server.press(foreign, 'Old');
    expect(delivery.acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.server.ephemerals[0]?.text).toContain('does not know this button'));
    expect(stage.app.intents).toEqual([]);
  });

  it('ignores what it is not asked by a person', async () => {
    const delivery = await stage.server.mention('<@U0BOT> x', { user: 'U0BOT' });
    expect(delivery.acknowledged).toBe(true);
    await stage.server.mention('<@U0BOT> y');
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    expect(stage.app.intents[0]?.what).toEqual({ kind: 'command', text: 'y' });
  });

  it('finishes on stop what is under way, and takes nothing more', async () => {
    let finish = () => {};
    stage.app.answerWith(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { kind: 'private', card: card() };
    });
    await stage.server.command('x');
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    const stopped = stage.chat.stop();
    const refused = await stage.server.command('y');
    finish();
    await stopped;
    expect(stage.server.ephemerals).toHaveLength(1);
    expect(stage.app.intents).toHaveLength(1);
    if (mode === 'http') expect(refused.status).toBe(503);
  });

  it('never logs a token or what a person wrote', async () => {
    stage.server.fault('chat.postEphemeral', { kind: 'error', error: 'internal_error' });
    stage.app.answerWith(async () => ({ kind: 'private', card: card() }));
    await stage.server.mention('<@U0BOT> my-very-own-words');
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
    const said = JSON.stringify(stage.lines);
    for (const secret of [
      stage.server.botToken,
      stage.server.appToken,
      stage.server.signingSecret,
      'my-very-own-words',
    ]) {
      expect(said).not.toContain(secret);
    }
  });
});

describe('configured channels', () => {
  it('answers privately in another channel, and asks nobody', async () => {
    const stage = await startStage('socket', { channels: ['C0INCIDENTS'] });
    try {
      stage.server.addChannel('C0RANDOM');
      await stage.server.command('x', { channel: 'C0RANDOM' });
      await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
      expect(stage.server.ephemerals[0]).toMatchObject({ channel: 'C0RANDOM', via: 'response_url' });
      expect(stage.server.ephemerals[0]?.text).toContain('<#C0INCIDENTS>');
      expect(stage.app.intents).toEqual([]);
    } finally {
      await stage.close();
    }
  });
});

describe.each(['socket', 'http'] as const)('the acknowledgement by %s', (mode) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage(mode);
  });
  afterEach(() => stage.close());

  const deliveries = {
    command: () => stage.server.command('x'),
    mention: () => stage.server.mention('<@U0BOT> x'),
    press: async () => {
      await stage.chat.post(stage.to, null, 'k', card({ buttons: [APPROVE] }), false);
      return stage.server.press(stage.server.messages()[0]!, 'Roll back');
    },
  };

  it.each(['command', 'mention', 'press'] as const)('of a %s waits until it is kept', async (kind) => {
    let keep = () => {};
    let kept = false;
    stage.app.store.receive = async () => {
      await new Promise<void>((resolve) => {
        keep = resolve;
      });
      kept = true;
      return null;
    };
    let order = '';
    const delivered = deliveries[kind]().then(({ acknowledged }) => {
      order += kept ? 'kept, ' : 'not kept, ';
      order += acknowledged ? 'acknowledged' : 'not acknowledged';
    });
    await wait(300);
    expect(order).toBe('');
    keep();
    await delivered;
    expect(order).toBe('kept, acknowledged');
  });

  it.each(['command', 'mention', 'press'] as const)('of a %s does not wait for a store that hangs', async (kind) => {
    stage.app.store.receive = () => wait(4_000).then(() => null);
    expect((await deliveries[kind]()).acknowledged).toBe(true);
    expect(stage.app.intents).toEqual([]);
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1), { timeout: 10_000 });
  });

  it('comes also when nothing is kept, and the person is told what to do', async () => {
    stage.app.store.receive = async () => ({ kind: 'private', card: card({ fallback: 'Nothing was done.' }) });
    expect((await stage.server.command('x')).acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.server.ephemerals[0]?.text).toContain('Nothing was done'));
    expect(stage.app.intents).toEqual([]);
  });
});
