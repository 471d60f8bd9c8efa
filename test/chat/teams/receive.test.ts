import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTeams } from '../../../adapters/chat/teams/create-teams.ts';
import { readPlace } from '../../../adapters/chat/teams/place.ts';
import type { Press } from '../../../src/view/card.ts';
import { privateCard } from '../../../src/view/private-card.ts';
import type { Spoil } from '../../servers/teams/tokens.ts';
import { card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
let stderr: { readonly mock: { readonly calls: readonly unknown[] } };
beforeEach(async () => {
  stage = await startStage();
  stderr = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(async () => {
  vi.restoreAllMocks();
  await stage.close();
});

const intents = () => stage.app.intents;
const taken = (count: number) => vi.waitFor(() => expect(intents()).toHaveLength(count));
const press: Press = { action: 'again', run: 'r-aaaaaa', subject: 'pdf-renderer', hash: null };
const button = { label: 'Run again', style: 'plain', press, confirm: null } as const;

/** A card of ours with a button, as it stands in the channel. */
async function postButton() {
  await stage.chat.post(stage.to, null, 'r-aaaaaa:verdict', card({ buttons: [button] }), false);
  const message = stage.server.messages().at(-1);
  if (!message) throw new Error('nothing was posted');
  return message;
}

describe('what is let in', () => {
  it('takes a mention in a channel, stripped, with who and where', async () => {
    const delivery = await stage.server.mention('pdf-renderer on render-01', { user: 'anna' });
    expect(delivery).toMatchObject({ status: 200, body: null });
    await taken(1);
    expect(intents()[0]).toMatchObject({
      by: { id: `teams:${stage.server.world.user('anna').object}`, name: 'anna' },
      conversation: { chat: 'teams' },
      what: { kind: 'command', text: 'pdf-renderer on render-01' },
    });
    expect(readPlace(intents()[0]?.conversation.id ?? '')).toMatchObject({
      kind: 'channel',
      conversation: expect.stringMatching(/^19:incidents@thread\.tacv2;messageid=\d+$/),
      tenant: stage.server.tenant,
    });
  });

  it.each<Spoil>([
    'missing',
    'not-a-token',
    'wrong-signature',
    'alg-none',
    'hs256',
    'unknown-key',
    'unendorsed-key',
    'expired',
    'not-yet',
    'other-bot',
    'other-issuer',
    'other-service-url',
    'skill',
  ])('answers 401 to a token that is spoilt: %s', async (spoil) => {
    expect((await stage.server.mention('pdf-renderer', {}, spoil)).status).toBe(401);
    const message = await postButton();
    expect((await stage.server.press(message, 'Run again', 'anna', spoil)).status).toBe(401);
    expect(intents()).toEqual([]);
    expect(stage.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
    // botbuilder writes there what it refuses; only who can sign as the Bot Framework comes so far.
    const genuine = ['unendorsed-key', 'other-service-url'].includes(spoil);
    if (!genuine) expect(stderr.mock.calls).toEqual([]);
  });

  it.each([
    ['another tenant', { channelData: { tenant: { id: 'another' } } }],
    ['no tenant', { channelData: {}, conversation: { id: '19:x@thread.tacv2', conversationType: 'channel' } }],
    ['two tenants', { conversation: { id: 'x', conversationType: 'personal', tenantId: 'another' } }],
    ['another channel', { channelId: 'webchat' }],
    ['no address to answer to', { serviceUrl: undefined }],
    ['an address without TLS', { serviceUrl: 'http://evil.example/' }],
  ])('answers 401 to a genuine token with %s', async (_, set) => {
    const { activity } = await stage.server.mention('pdf-renderer');
    await taken(1);
    expect((await stage.server.deliver({ ...activity, id: 'other', ...set })).status).toBe(401);
    expect(intents()).toHaveLength(1);
  });

  it('says 503 when the keys cannot be had, and takes it when they can', async () => {
    stage.server.fault('keys', { kind: 'status', status: 500, when: 'before' });
    expect((await stage.server.mention('pdf-renderer')).status).toBe(503);
    expect((await stage.server.retry()).status).toBe(200);
    await taken(1);
  });

  it('does not ask for the keys again for each made-up name of one', async () => {
    await stage.server.mention('first');
    const asked = () => stage.server.asked.filter((path) => path === '/keys').length;
    const before = asked();
    for (let each = 0; each < 5; each += 1) await stage.server.mention('x', {}, 'unknown-key');
    expect(asked()).toBe(before);
  });

  it.each([
    ['GET', null, 405],
    ['POST', 'x', 401],
  ])('answers %s with a body of %s with %i', async (method, body, status) => {
    expect((await fetch(stage.url, { method, body })).status).toBe(status);
  });

  it('takes no more than it has to', async () => {
    const { status } = await fetch(stage.url, { method: 'POST', body: 'x'.repeat(600_000) });
    expect(status).toBe(413);
  });

  it('says 503 before it has begun and after it has ended', async () => {
    await stage.chat.stop();
    expect((await stage.server.mention('pdf-renderer')).status).toBe(503);
  });
});

describe('what it takes for a command', () => {
  it('is the whole text in a chat with one person', async () => {
    await stage.server.mention('  pdf-renderer&nbsp;on render-01 ', { room: 'a:alone-anna' });
    await taken(1);
    expect(intents()[0]?.what).toEqual({ kind: 'command', text: 'pdf-renderer on render-01' });
  });

  it('is a mention in a group chat', async () => {
    stage.server.world.room('19:group@thread.v2', 'groupChat', ['anna', 'ben']);
    await stage.server.mention('list', { room: '19:group@thread.v2' });
    await taken(1);
    expect(readPlace(intents()[0]?.conversation.id ?? '').kind).toBe('groupChat');
  });

  it('is nothing that the bot overhears, and nothing of other bots', async () => {
    expect((await stage.server.overheard('pdf-renderer')).status).toBe(200);
    const { activity } = await stage.server.mention('first');
    await taken(1);
    const bot = { id: '28:another', name: 'bot' };
    expect((await stage.server.deliver({ ...activity, id: 'other', from: bot })).status).toBe(200);
    await stage.server.mention('last');
    await taken(2);
    expect(intents().map(({ what }) => what.kind === 'command' && what.text)).toEqual(['first', 'last']);
  });

  it('is taken once, however often it comes, but the same id elsewhere is another', async () => {
    const { activity } = await stage.server.mention('pdf-renderer');
    await Promise.all([stage.server.retry(), stage.server.retry()]);
    await stage.server.deliver({
      ...activity,
      conversation: { ...(activity.conversation as object), id: '19:b@thread.v2' },
    });
    await taken(2);
    await wait(50);
    expect(intents()).toHaveLength(2);
  });

  it('is acknowledged when it is kept, or when the store hangs', async () => {
    const kept = Promise.withResolvers<null>();
    stage.app.store.receive = () => kept.promise;
    let acknowledged = false;
    const delivered = stage.server.mention('pdf-renderer').then(({ status }) => {
      acknowledged = true;
      return status;
    });
    await wait(300);
    expect(acknowledged).toBe(false);
    kept.resolve(null);
    expect(await delivered).toBe(200);
    await taken(1);
    const never = Promise.withResolvers<null>();
    stage.app.store.receive = () => never.promise;
    expect((await stage.server.mention('pdf-renderer')).status).toBe(200);
    expect(intents()).toHaveLength(1);
    never.resolve(null);
    await taken(2);
  });

  it('is not taken when the store does not answer, and the person is told', async () => {
    const told = privateCard('execfmt could not take this', 'Nothing was done; please try again in a minute.');
    stage.app.store.receive = async () => ({ kind: 'private', card: told });
    await stage.server.mention('pdf-renderer', { room: 'a:alone-anna' });
    await vi.waitFor(() => expect(JSON.stringify(stage.server.messages('a:alone-anna'))).toContain('Nothing was done'));
    expect(intents()).toEqual([]);
  });
});

describe('what one person is told', () => {
  beforeEach(() => {
    const told = privateCard('No such name', 'Did you mean pdf-renderer?', ['/execfmt pdf-renderer']);
    stage.app.answerWith(async () => ({ kind: 'private', card: told }));
  });

  it('stands in the chat with them alone, and says what works in Teams', async () => {
    await stage.server.mention('pdf-rendrer', { user: 'anna' });
    await vi.waitFor(() => expect(stage.server.messages('a:alone-anna')).toHaveLength(1));
    expect(JSON.stringify(stage.server.messages('a:alone-anna'))).toContain('@execfmt pdf-renderer');
    expect(stage.server.messages()).toEqual([]);
  });

  it('stands in the thread where Teams opens no such chat', async () => {
    await stage.server.mention('pdf-rendrer', { user: 'carl' });
    await vi.waitFor(() => expect(stage.server.messages()).toHaveLength(1));
    expect(stage.server.messages()[0]?.conversation).toContain(';messageid=');
  });

  it('is the answer to a press', async () => {
    const { body } = await stage.server.press(await postButton(), 'Run again');
    expect(body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.activity.message' });
    expect(body?.value).toContain('Did you mean pdf-renderer?');
    expect(stage.server.messages('a:alone-anna')).toEqual([]);
  });
});

describe('presses', () => {
  it('are taken, once, and answered', async () => {
    const message = await postButton();
    const first = await stage.server.press(message, 'Run again', 'ben');
    expect(first).toMatchObject({ status: 200, body: { statusCode: 200 } });
    expect((await stage.server.retry()).body?.value).toContain('Taken already');
    expect(intents()).toHaveLength(1);
    expect(intents()[0]).toMatchObject({
      by: { id: `teams:${stage.server.world.user('ben').object}` },
      what: { kind: 'press', press },
    });
  });

  it('of clients without Action.Execute come as messages', async () => {
    expect((await stage.server.pressOld(await postButton(), 'Run again')).status).toBe(200);
    await taken(1);
    expect(intents()[0]?.what).toEqual({ kind: 'press', press });
  });

  it('are answered in time while the work goes on, and what comes of it is told later', async () => {
    const message = await postButton();
    stage.app.answerWith(async () => {
      await wait(3500);
      return { kind: 'private', card: privateCard('Not counted', 'Too late.') };
    });
    expect((await stage.server.press(message, 'Run again')).body?.value).toContain('on it');
    await vi.waitFor(() => expect(JSON.stringify(stage.server.messages('a:alone-anna'))).toContain('Too late.'), 3000);
  }, 15_000);

  it.each([
    [
      'of another version',
      { action: { verb: 'execfmt/press', data: { execfmt: 'press', action: 'explode', run: 'r' } } },
    ],
    ['with nothing in it', {}],
    ['with null in it', null],
  ])('%s do nothing and say so', async (_, value) => {
    const { activity } = await stage.server.press(await postButton(), 'Run again');
    const { body } = await stage.server.deliver({ ...activity, id: 'f:other', value });
    expect(body?.value).toContain('another version');
    expect(intents()).toHaveLength(1);
  });

  it('are the only invokes that are known', async () => {
    const { activity } = await stage.server.press(await postButton(), 'Run again');
    expect((await stage.server.deliver({ ...activity, id: 'f:2', name: 'composeExtension/query' })).status).toBe(501);
  });
});

describe('refreshing', () => {
  const asked = card({ buttons: [button], approvers: [] });

  async function postPlan() {
    const { server } = stage;
    const opened = {
      type: 'opened',
      target: 'pdf-renderer',
      on: null,
      by: { id: 'teams:x', name: 'x' },
      conversation: stage.to,
      practice: false,
    } as const;
    const at = '2026-01-01T00:00:00.000Z';
    const approvers = [`teams:${server.world.user('ben').object.toUpperCase()}`, 'slack:U0ANNA'];
    const plan = { ...asked, approvers };
    const view = { run: 'r-aaaaaa', target: 'x', practice: false, settled: false, seq: 1, parent: card() };
    Object.assign(stage.app.application, {
      events: async () => [{ run: 'r-aaaaaa', seq: 1, key: 'opened', at, fact: opened }],
      thread: async () => ({ ...view, replies: [{ key: 'plan:p1', at, card: { ...plan, title: 'The newest' } }] }),
    });
    await stage.chat.post(stage.to, null, 'r-aaaaaa:plan:p1', plan, false);
    const message = server.messages().at(-1);
    if (!message) throw new Error('nothing was posted');
    return message;
  }

  it('is asked for by the approvers’ clients, who see the newest state', async () => {
    const message = await postPlan();
    expect(message.card?.refresh?.userIds).toEqual([stage.server.world.user('ben').id]);
    const delivery = await stage.server.refresh(message, 'ben');
    expect(delivery?.body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' });
    expect(JSON.stringify(delivery?.body)).toContain('The newest');
    expect(JSON.stringify(delivery?.body)).toContain('You are asked to approve this.');
    expect(intents()).toEqual([]);
  });

  it('shows no card of a run that is told elsewhere', async () => {
    const message = await postPlan();
    const { activity } = (await stage.server.refresh(message, 'ben')) ?? {};
    const elsewhere = { ...(activity?.conversation as object), id: '19:other@thread.tacv2' };
    const { body } = await stage.server.deliver({ ...activity, id: 'f:2', conversation: elsewhere });
    expect(body).toMatchObject({ statusCode: 404, type: 'application/vnd.microsoft.error' });
  });
});

describe('starting', () => {
  it.each([{ appId: '' }, { appId: ' ' }, { password: '' }, { tenant: '' }])('is refused with %o', (set) => {
    const { server } = stage;
    const { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl } = server;
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const clock = { now: () => new Date() } as never;
    const options = {
      appId,
      password,
      tenant,
      issuer,
      loginUrl,
      scope,
      openIdUrl,
      graphUrl,
      publicUrl: null,
      log,
      clock,
    };
    expect(() => createTeams({ ...options, claim: async () => true, ...set })).toThrow(/MicrosoftAppId/);
  });

  it('is refused with a wrong password, which is not told', async () => {
    await stage.close();
    const starting = startStage({ password: 'wrong-password' });
    await expect(starting).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('invalid_client'),
    });
    await expect(starting).rejects.not.toMatchObject({ message: expect.stringContaining('wrong-password') });
    stage = await startStage();
  });
});
