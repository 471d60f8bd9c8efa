import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Stage, startStage } from './start-chat.ts';

const OPS = 'aaaaaaaa-0000-4000-8000-000000000001';
const ON_CALL = 'aaaaaaaa-0000-4000-8000-000000000002';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
  stage.server.setGroup(OPS, [objectOf('ben')]);
});
afterEach(() => stage.close());

const objectOf = (name: string) => stage.server.world.user(name).object;
const ask = (group: string, id: string, signal = new AbortController().signal) =>
  stage.chat.isMember(group, { id, name: '' }, signal);
const asked = () => stage.server.asked.filter((path) => path.endsWith('/checkMemberGroups')).length;
const signIns = () => stage.server.asked.filter((path) => path.endsWith('/oauth2/v2.0/token')).length;

it('asks Graph each time', async () => {
  expect(await ask(`teams-group:${OPS}`, `teams:${objectOf('ben')}`)).toBe(true);
  expect(await ask(`teams-group:${OPS.toUpperCase()}`, `teams:${objectOf('ben')}`)).toBe(true);
  expect(await ask(`teams-group:${OPS}`, `teams:${objectOf('anna')}`)).toBe(false);
  stage.server.setGroup(OPS, [objectOf('anna')]);
  expect(await ask(`teams-group:${OPS}`, `teams:${objectOf('ben')}`)).toBe(false);
  expect(asked()).toBe(4);
  // One for the connector, one for Graph.
  expect(signIns()).toBe(2);
});

it('knows those who are in it through another group', async () => {
  stage.server.setGroup(ON_CALL, [OPS]);
  expect(await ask(`teams-group:${ON_CALL}`, `teams:${objectOf('ben')}`)).toBe(true);
  expect(await ask(`teams-group:${ON_CALL}`, `teams:${objectOf('anna')}`)).toBe(false);
});

it.each([
  ['teams-group', 'slack'],
  ['teams-group', 'web:teams'],
  ['slack-group', 'teams'],
])('%s never has %s', async (group, kind) => {
  expect(await ask(`${group}:${OPS}`, `${kind}:${objectOf('ben')}`)).toBe(false);
  expect(asked()).toBe(0);
});

it.each(['29:ben-id', '../groups/x', ''])('asks nothing for a guest whom Entra does not know: %o', async (id) => {
  expect(await ask(`teams-group:${OPS}`, `teams:${id}`)).toBe(false);
  expect(asked()).toBe(0);
});

it('names the permissions that are missing, and takes them as soon as they are granted', async () => {
  const missing = expect.stringMatching(/403 Authorization_RequestDenied.*GroupMember\.Read\.All and User\.Read\.All/);
  stage.server.grant('User.Read.All');
  await expect(ask(`teams-group:${OPS}`, `teams:${objectOf('ben')}`)).rejects.toMatchObject({
    code: 'refused',
    message: missing,
  });
  stage.server.grant('User.Read.All', 'GroupMember.Read.All');
  expect(await ask(`teams-group:${OPS}`, `teams:${objectOf('ben')}`)).toBe(true);
});

it('signs in anew when its token is good no longer', async () => {
  await ask(`teams-group:${OPS}`, `teams:${objectOf('ben')}`);
  stage.server.revokeTokens();
  expect(await ask(`teams-group:${OPS}`, `teams:${objectOf('ben')}`)).toBe(true);
  expect(signIns()).toBe(3);
});

it('rejects when Graph does not say, rather than guess, and shows no token', async () => {
  const of = (group: string, user = objectOf('ben'), signal?: AbortSignal) =>
    ask(`teams-group:${group}`, `teams:${user}`, signal);
  await expect(of(ON_CALL)).rejects.toMatchObject({ code: 'gone', message: expect.stringContaining('404') });
  await expect(of(OPS, '00000000-0000-4000-8000-00000000dead')).rejects.toMatchObject({ code: 'gone' });
  for (const status of [429, 500, 503]) {
    stage.server.fault('graph', { kind: 'status', status, when: 'before' });
    await expect(of(OPS)).rejects.toMatchObject({ code: 'unavailable' });
  }
  stage.server.fault('graph', { kind: 'cut', when: 'before' });
  await expect(of(OPS)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(of(OPS, objectOf('ben'), AbortSignal.abort())).rejects.toMatchObject({ code: 'unavailable' });
  expect(JSON.stringify(stage.lines)).not.toMatch(/Bearer/);
});
