import { expect, it } from 'vitest';
import { tryTeams } from '../../../adapters/chat/teams/try-teams.ts';
import { systemClock } from '../../../adapters/system/clock.ts';
import { startTeams } from '../../servers/teams/start-teams.ts';
import { startStage } from './start-chat.ts';

const signal = new AbortController().signal;

it('is reached while it is signed in, without asking Entra each time', async () => {
  const stage = await startStage();
  try {
    const before = stage.server.asked.length;
    expect(await stage.chat.reach?.(signal)).toMatchObject({ kind: 'known', value: { detail: 'signed in' } });
    expect(stage.server.asked.length).toBe(before);
  } finally {
    await stage.close();
  }
});

it.each([
  ['a wrong password', { password: 'wrong' }, 'denied'],
  ['an Entra that is not there', { loginUrl: 'http://127.0.0.1:1' }, 'unreachable'],
])('is not reached with %s', async (_, wrong, code) => {
  const server = await startTeams();
  try {
    const { appId, password, loginUrl, scope } = server;
    const answer = await tryTeams({ appId, password, loginUrl, scope, clock: systemClock, ...wrong }, signal);
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code } });
  } finally {
    await server.close();
  }
});
