import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Stage, startStage } from './start-chat.ts';

describe('what is refused at /slack/events', () => {
  let stage: Stage;
  let url = '';
  beforeEach(async () => {
    stage = await startStage('http');
    await stage.server.command('first');
    await vi.waitFor(() => expect(stage.app.intents).toHaveLength(1));
    url = stage.url;
  });
  afterEach(() => stage.close());

  const refusals = () => stage.lines.filter((line) => line.level === 'warn').map((line) => line.fields.why);

  it.each([
    ['a wrong signature', { signature: 'wrong' }, 'wrong signature'],
    ['no signature', { signature: 'missing' }, 'no signature'],
    ['a time six minutes ago', { shift: -360 }, 'timestamp outside the window'],
    ['a time six minutes ahead', { shift: 360 }, 'timestamp outside the window'],
  ] as const)('%s', async (_, spoil, why) => {
    const delivery = await stage.server.command('x', {}, spoil);
    expect(delivery.status).toBe(401);
    expect(refusals()).toEqual([why]);
    expect(stage.app.intents).toHaveLength(1);
  });

  it.each([-240, 240])('not a time that is off by %i seconds', async (shift) => {
    expect((await stage.server.command('x', {}, { shift })).acknowledged).toBe(true);
  });

  it('an exact replay', async () => {
    const delivery = await stage.server.replay();
    expect(delivery.status).toBe(401);
    expect(refusals()).toEqual(['replayed']);
    expect(stage.app.intents).toHaveLength(1);
  });

  it.each([
    ['x-slack-request-timestamp', (value: string) => `${value}.0`],
    ['x-slack-signature', (value: string) => `${value}=again`],
  ])('a replay in another spelling of %s, which Bolt would take', async (name, respell) => {
    const { headers, body } = stage.server.deliveries.at(-1)!.request!;
    const answer = await fetch(url, { method: 'POST', body, headers: { ...headers, [name]: respell(headers[name]!) } });
    expect(answer.status).toBe(401);
    expect(stage.app.intents).toHaveLength(1);
  });

  it('a payload that hides behind ssl_check', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'ssl_check=1&command=%2Fexecfmt&text=x&user_id=U0EVIL&channel_id=C0INCIDENTS&trigger_id=1';
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(200);
    expect(stage.app.intents).toHaveLength(1);
  });

  it('another method, another path', async () => {
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${url}/more`, { method: 'POST' })).status).toBe(404);
  });

  it('what is too large', async () => {
    const sent = fetch(url, { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024) }).then(
      (answer) => answer.status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(await sent);
    await vi.waitFor(() => expect(refusals()).toHaveLength(1));
  });
});

describe('a store that fails', () => {
  it('makes it answer 503, so that Slack sends again', async () => {
    const stage = await startStage('http', { claim: () => Promise.reject(new Error('disk full')) });
    try {
      expect((await stage.server.command('x')).status).toBe(503);
      expect(stage.app.intents).toEqual([]);
    } finally {
      await stage.close();
    }
  });

  it('does so in time when the store hangs', async () => {
    const stage = await startStage('http', { claim: () => new Promise(() => {}) });
    try {
      expect((await stage.server.command('x')).status).toBe(503);
    } finally {
      await stage.close();
    }
  });
});
