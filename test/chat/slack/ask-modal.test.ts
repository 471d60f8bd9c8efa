import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Button } from '../../../src/view/card.ts';
import { card, type Stage, startStage } from './start-chat.ts';

const DECLINE: Button = {
  label: 'Decline',
  style: 'plain',
  press: { action: 'decline', run: 'r-7k2m9x', subject: 'p1', hash: 'abc' },
  confirm: null,
  ask: {
    title: 'Decline this rollback of pdf-renderer',
    label: 'Why? Everybody in the thread will see it.',
    ok: 'Decline',
  },
};

describe.each(['socket', 'http'] as const)('a line asked for before a press, by %s', (mode) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage(mode);
  });
  afterEach(() => stage.close());

  const open = async (button = DECLINE, user = 'U0BEN') => {
    await stage.chat.post(stage.to, null, 'k', card({ buttons: [button] }), false);
    const parent = stage.server.messages().at(-1)!;
    const delivery = await stage.server.press(parent, 'Decline', { user });
    expect(delivery.acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.server.views).toHaveLength(1));
    return { parent, view: stage.server.views[0]! };
  };

  it('opens a modal, and is the press only when it is submitted', async () => {
    const { parent, view } = await open();
    expect(view.user).toBe('U0BEN');
    expect(JSON.stringify(view.view)).toContain('Why? Everybody in the thread');
    expect(stage.app.intents).toEqual([]);

    stage.app.answerWith(async () => ({ kind: 'private', card: card({ fallback: 'Too late.' }) }));
    const submitted = await stage.server.submit(view, '  not before the backup <!channel> ');
    expect(submitted.acknowledged).toBe(true);
    expect(view.open).toBe(false);
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
    expect(stage.app.intents).toEqual([
      {
        by: { id: 'slack:U0BEN', name: 'ben' },
        conversation: { chat: 'slack', id: 'T0TEAM/C0INCIDENTS' },
        delivery: `${view.id}:submitted`,
        what: { kind: 'press', press: DECLINE.press, said: 'not before the backup <!channel>' },
      },
    ]);
    expect(stage.server.ephemerals[0]).toMatchObject({ user: 'U0BEN', thread: parent.ts });
  });

  it('may be left empty', async () => {
    const { view } = await open();
    await stage.server.submit(view, '');
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    expect(stage.app.intents[0]?.what).toEqual({ kind: 'press', press: DECLINE.press });
  });

  it('cuts what is longer than it asks for', async () => {
    const { view } = await open();
    await stage.server.submit(view, 'x'.repeat(5000));
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    expect(stage.app.intents[0]?.what).toMatchObject({ said: 'x'.repeat(300) });
  });

  it('carries the longest press that a button can, and texts of any length', async () => {
    const ask = { title: 'T'.repeat(300), label: 'L', ok: 'O'.repeat(300) };
    const subject = '"'.repeat(600);
    const { view } = await open({ ...DECLINE, press: { ...DECLINE.press, subject }, ask });
    await stage.server.submit(view, 'y');
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    expect(stage.app.intents[0]?.what).toMatchObject({ press: { subject } });
  });

  it('says that the question did not open, and does nothing', async () => {
    stage.server.fault('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await stage.chat.post(stage.to, null, 'k', card({ buttons: [DECLINE] }), false);
    await stage.server.press(stage.server.messages()[0]!, 'Decline');
    await vi.waitFor(() => expect(stage.server.ephemerals[0]?.text).toContain('press again'));
    expect(stage.app.intents).toEqual([]);
  });

  it('opens from what one person alone sees, and answers that person where the bot is no member', async () => {
    stage.server.addChannel('C0FOREIGN', { botIsMember: false });
    stage.app.answerWith(async () => ({ kind: 'private', card: card({ buttons: [DECLINE] }) }));
    await stage.server.command('x', { channel: 'C0FOREIGN' });
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(1));
    await stage.server.pressEphemeral(stage.server.ephemerals[0]!, 'Decline');
    await vi.waitFor(() => expect(stage.server.views).toHaveLength(1));
    await stage.server.submit(stage.server.views[0]!, 'no');
    await vi.waitFor(() => expect(stage.server.ephemerals).toHaveLength(2));
    expect(stage.server.ephemerals[1]).toMatchObject({ channel: 'C0FOREIGN', via: 'response_url' });
  });

  it('does not take a modal of another version', async () => {
    const { view } = await open();
    await stage.server.submit(view, 'y', 'execfmt:other');
    const metadata = { ...view, view: { ...view.view, private_metadata: '{"press":' }, open: true };
    expect((await stage.server.submit(metadata, 'y')).acknowledged).toBe(true);
    await vi.waitFor(() => expect(JSON.stringify(stage.lines)).toContain('modal of another version'));
    expect(stage.app.intents).toEqual([]);
  });
});
