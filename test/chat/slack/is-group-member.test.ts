import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Stage, startStage } from './start-chat.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage('http');
  stage.server.addGroup('S0OPS', ['U0ANNA']);
});
afterEach(() => stage.close());

const ask = (group: string, id: string, signal = new AbortController().signal) =>
  stage.chat.isMember(group, { id, name: '' }, signal);
const asked = () => stage.server.calls.filter((call) => call.method === 'usergroups.users.list').length;

it('asks Slack each time', async () => {
  expect(await ask('slack-group:S0OPS', 'slack:U0ANNA')).toBe(true);
  expect(await ask('slack-group:S0OPS', 'slack:U0BEN')).toBe(false);
  stage.server.addGroup('S0OPS', ['U0BEN']);
  expect(await ask('slack-group:S0OPS', 'slack:U0ANNA')).toBe(false);
  expect(asked()).toBe(3);
});

it.each([
  ['slack-group:S0OPS', 'teams:U0ANNA'],
  ['slack-group:S0OPS', 'web:slack:U0ANNA'],
  ['teams-group:S0OPS', 'slack:U0ANNA'],
])('%s never has %s', async (group, person) => {
  expect(await ask(group, person)).toBe(false);
  expect(asked()).toBe(0);
});

it('rejects when Slack does not say, rather than guess', async () => {
  await expect(ask('slack-group:S0NONE', 'slack:U0ANNA')).rejects.toMatchObject({ code: 'refused' });
  stage.server.fault('usergroups.users.list', { kind: 'status', status: 500, when: 'before' });
  await expect(ask('slack-group:S0OPS', 'slack:U0ANNA')).rejects.toMatchObject({ code: 'unavailable' });
  await expect(ask('slack-group:S0OPS', 'slack:U0ANNA', AbortSignal.abort())).rejects.toMatchObject({
    code: 'unavailable',
  });
});
