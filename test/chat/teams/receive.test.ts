import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readPlace } from '../../../adapters/chat/teams/place.ts';
import type { Spoil } from '../../servers/teams/tokens.ts';
import { type Stage, startStage } from './start-chat.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const intents = () => stage.app.intents;

describe('what is let in', () => {
  it('takes a mention in a channel, stripped, with who and where', async () => {
    const delivery = await stage.server.mention('pdf-renderer on render-01', { user: 'anna' });
    expect(delivery.status).toBe(200);
    await vi.waitFor(() => expect(intents()).toHaveLength(1));
    const anna = stage.server.world.user('anna');
    expect(intents()[0]).toMatchObject({
      by: { id: `teams:${anna.object}`, name: 'anna' },
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
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect((await stage.server.mention('pdf-renderer', {}, spoil)).status).toBe(401);
    expect(intents()).toEqual([]);
    quiet.mockRestore();
  });
});
