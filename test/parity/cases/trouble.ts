import { expect, vi } from 'vitest';
import { ask, propose } from '../ask.ts';
import { expectRecoveredOnce, expectWhole, STEPS, stepsOf, titleOf } from '../expect-thread.ts';
import { ONE_PAGE, type UseCase } from '../use-case.ts';

/** Deliveries that come twice, late or never, restarts, and a platform that fails. */
export const TROUBLE: readonly UseCase[] = [
  {
    does: 'The same delivery twice is handled once',
    async run(stage) {
      await ask(stage);
      await stage.until('It will not run: pdf-renderer');
      await stage.chat.repeat();
      await stage.press('Roll back to v2', 'anna');
      await stage.untilShown('Approve', 'ben');
      await stage.chat.repeat();
      await stage.press('Approve', 'ben');
      await stage.chat.repeat();
      await expectRecoveredOnce(stage);
      expect(await stage.count('opened')).toBe(1);
      expect(await stage.count('action-proposed')).toBe(1);
    },
  },
  {
    does: 'Deliveries that come late and in the other order: what comes first counts',
    async run(stage) {
      stage.holdNumbers();
      stage.chat.hold();
      const sent = [ask(stage)];
      await vi.waitFor(() => expect(stage.chat.held()).toBe(1));
      sent.push(ask(stage, 'pdf-renderer', 'ben'));
      await vi.waitFor(() => expect(stage.chat.held()).toBe(2));
      expect(await stage.count('opened')).toBe(0);
      await stage.chat.release('reversed');
      await Promise.all(sent);
      await stage.untilTold('anna', 'run r-');
      await stage.until('asked by ben');
      expect(await stage.count('opened')).toBe(1);
    },
  },
  {
    does: 'A restart in the middle of a diagnosis: the thread goes on, no step is told twice',
    async run(stage) {
      stage.holdNumbers();
      await ask(stage);
      await stage.until('1. ');
      await stage.restart();
      stage.releaseNumbers();
      await stage.until('It will not run: pdf-renderer');
      await stage.until('Interrupted during');
      await expectWhole(stage);
      expect(await stage.count('opened')).toBe(1);
    },
  },
  {
    does: 'A restart while a plan waits: its buttons still work',
    async run(stage) {
      await propose(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      await stage.restart();
      await approve.press('ben');
      await expectRecoveredOnce(stage);
      await expectWhole(stage);
    },
  },
  {
    does: 'A restart in the middle of a rollback: it is carried out once',
    world: { stableForMs: 3000 },
    async run(stage) {
      await propose(stage);
      await stage.press('Approve', 'ben');
      await stage.until('verifying');
      await stage.restart();
      await expectRecoveredOnce(stage);
    },
  },
  ...(['rate-limit', 'error-before', 'cut-before'] as const).map(
    (trouble): UseCase => ({
      does: {
        'rate-limit': 'The platform asks to wait (429): the thread is whole, nothing stands twice',
        'error-before': 'The platform fails before it has posted (5xx): the same',
        'cut-before': 'The connection breaks before it has posted: the same',
      }[trouble],
      not: { page: ONE_PAGE },
      async run(stage) {
        for (const _ of [1, 2]) stage.chat.trouble?.(trouble);
        await ask(stage);
        await stage.until('It will not run: pdf-renderer');
        await expectWhole(stage);
      },
    }),
  ),
  ...(['error-after', 'cut-after'] as const).map(
    (trouble): UseCase => ({
      does: {
        'error-after': 'The platform fails after it has posted (5xx): nothing is lost, nothing stands twice',
        'cut-after': 'The connection breaks after it has posted: the same',
      }[trouble],
      not: { page: ONE_PAGE },
      partly: {
        teams:
          'Teams cannot be asked for what was posted: that one message may stand twice. The later one is kept up to date; nothing else is repeated.',
      },
      async run(stage) {
        await ask(stage);
        await stage.until('asked by anna');
        stage.chat.trouble?.(trouble);
        await stage.until('It will not run: pdf-renderer');
        const thread = await stage.chat.thread();
        const titles = thread.map(titleOf);
        expect(titles.length - new Set(titles).size).toBe(stage.chat.findsPosted ? 0 : 1);
        expect([...new Set(stepsOf(thread))]).toEqual(STEPS);
      },
    }),
  ),
  {
    does: 'A connection that breaks loses nothing',
    differs: {
      'slack-http': 'The connection that breaks is the one that a message is posted by.',
      'slack-socket': 'The connection that breaks is the socket that deliveries come by.',
      teams: 'The connection that breaks is the one that a message is posted by.',
      page: 'The connection that breaks is the stream of changes.',
    },
    async run(stage) {
      await ask(stage);
      await stage.until('1. ');
      await stage.chat.drop();
      await stage.press('Roll back to v2', 'anna');
      await stage.untilShown('Approve', 'ben');
      await expectWhole(stage);
    },
  },
];
