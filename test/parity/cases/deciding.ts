import { expect } from 'vitest';
import { propose } from '../ask.ts';
import { expectUntouched } from '../expect-thread.ts';
import type { UseCase } from '../use-case.ts';

/** What can be done with a plan besides approving it. */
export const DECIDING: readonly UseCase[] = [
  {
    does: 'Show what a plan will do, call by call, to the one who presses',
    async run(stage) {
      await propose(stage);
      await stage.press('Show what will happen', 'ben');
      await stage.untilTold('ben', 'Nothing has been done');
      await stage.untilTold('ben', 'docker pull');
      expect((await stage.chat.told('anna')).filter((told) => told.includes('Nothing has been done'))).toEqual([]);
      await expectUntouched(stage);
    },
  },
  {
    does: 'Decline with a reason; the thread says who and why, and the reason is no markup',
    async run(stage) {
      await propose(stage);
      const decline = await stage.untilShown('Decline', 'ben');
      await decline.press('ben', { said: 'not now <!channel> <at>all</at>' });
      await stage.until(['Declined by ben', 'not now <!channel>']);
      expect(await stage.chat.alive()).toEqual([]);
      await expectUntouched(stage);
    },
  },
  {
    does: 'Withdraw what one has asked for oneself; nobody else may',
    async run(stage) {
      await propose(stage);
      const withdraw = await stage.untilShown('Withdraw', 'anna');
      await withdraw.press('mallory');
      await stage.untilTold('mallory', 'anna');
      await withdraw.press('anna');
      await stage.until('Withdrawn by anna');
      await expectUntouched(stage);
    },
  },
];
