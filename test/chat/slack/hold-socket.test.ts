import { expect, it, vi } from 'vitest';
import { createSlack } from '../../../adapters/chat/slack/create-slack.ts';
import { startSlack } from '../../servers/slack/start-slack.ts';
import { createApplication, createClock, createLog, startStage } from './start-chat.ts';

const options = (apiUrl: string) => ({
  apiUrl,
  botToken: 'xoxb-stand-in-bot-token',
  appToken: 'xapp-stand-in-app-token',
  signingSecret: null,
  channels: null,
  log: createLog().log,
  clock: createClock().clock,
  claim: async () => true,
});

it('connects again at once when Slack asks for it, and when a reconnection fails at first', async () => {
  const stage = await startStage('socket');
  try {
    stage.server.fault('apps.connections.open', { kind: 'error', error: 'invalid_auth' });
    stage.server.refreshSockets();
    await vi.waitFor(() => expect(stage.lines.some((line) => line.message.includes('up again'))).toBe(true));
    expect(stage.server.sockets()).toBe(1);
    expect((await stage.server.command('x')).acknowledged).toBe(true);
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
  } finally {
    await stage.close();
  }
});

it('connects again when its connection breaks without a word', async () => {
  const stage = await startStage('socket');
  try {
    stage.server.cutSockets();
    await vi.waitFor(() => expect(stage.lines.some((line) => line.message.includes('up again'))).toBe(true), 15_000);
    expect(stage.server.sockets()).toBe(1);
    expect((await stage.server.command('x')).acknowledged).toBe(true);
  } finally {
    await stage.close();
  }
});

it('has no connection left after a stop', async () => {
  const stage = await startStage('socket');
  await stage.chat.stop();
  await vi.waitFor(() => expect(stage.server.sockets()).toBe(0));
  await stage.close();
  expect(stage.lines.filter((line) => line.message.includes('is down'))).toEqual([]);
});

it.each([
  ['bot', { botToken: 'xoxb-wrong' }, 'checking the bot token'],
  ['app', { appToken: 'xapp-wrong' }, 'Socket Mode'],
])('does not start with a wrong %s token, and says which', async (_, wrong, what) => {
  const server = await startSlack();
  const chat = createSlack({ ...options(server.apiUrl), ...wrong });
  const starting = chat.start(createApplication().application);
  await expect(starting).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(what) });
  await expect(starting).rejects.toMatchObject({ message: expect.stringContaining('invalid_auth') });
  await chat.stop();
  await server.close();
});

it('refuses to be made without a secret to check deliveries with', () => {
  const none = { ...options('http://127.0.0.1:1/api/'), appToken: null };
  expect(() => createSlack(none)).toThrow('SLACK_SIGNING_SECRET');
  expect(() => createSlack({ ...none, signingSecret: '' })).toThrow('SLACK_SIGNING_SECRET');
});
