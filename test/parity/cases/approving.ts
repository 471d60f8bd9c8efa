import { expect } from 'vitest';
import { ask, propose } from '../ask.ts';
import type { Message } from '../driver.ts';
import { expectRecoveredOnce, expectUntouched } from '../expect-thread.ts';
import type { UseCase } from '../use-case.ts';

/** What leads to a change, or decides on one; all else may stay. */
const DECIDES = /^(?:Roll back|Pull|Keep|Rebuild|Deploy|Approve|Decline|Withdraw|Show what|Cancel)/;
const decisions = (thread: readonly Message[]) =>
  thread.flatMap(({ buttons }) => buttons).filter((label) => DECIDES.test(label));

/** Who may approve what, and what becomes of it. */
export const APPROVING: readonly UseCase[] = [
  {
    does: 'Approve after a question with the exact digests; it recovers, with the numbers before and after',
    async run(stage) {
      await propose(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      expect(approve.question).toContain('Approve this rollback?');
      expect(approve.question.match(/sha256:[0-9a-f]{64}/g)).toHaveLength(2);
      await approve.press('ben');
      await expectRecoveredOnce(stage);
      expect((await stage.until('Recovered: pdf-renderer')).text).toMatch(/1,847[\s\S]*→/);
      await stage.until('pdf-renderer: recovered');
    },
  },
  {
    does: 'Somebody who may not approve is refused, privately, and it is written down',
    async run(stage) {
      await propose(stage);
      await stage.press('Approve', 'mallory');
      await stage.untilTold('mallory', stage.chat.identity('ben'));
      expect((await stage.chat.told('anna')).filter((told) => told.includes('May approve'))).toEqual([]);
      expect(await stage.count('press-refused')).toBe(1);
      await expectUntouched(stage);
    },
  },
  {
    does: 'The one who asked may not approve it himself',
    async run(stage) {
      await ask(stage);
      await stage.press('Roll back to v2', 'ben');
      await stage.press('Approve', 'ben');
      await stage.untilTold('ben', 'You asked for this yourself');
      await expectUntouched(stage);
    },
  },
  {
    does: 'Two approvals, when two are needed, of two people',
    world: { policy: { required: 2 } },
    async run(stage) {
      await propose(stage);
      await stage.press('Approve', 'ben');
      await stage.until(['Roll back pdf-renderer to v2?', '1 of 2 approvals']);
      await stage.press('Approve', 'ben');
      await stage.untilTold('ben', 'approved this already');
      await expectUntouched(stage);
      await stage.press('Approve', 'grace');
      await expectRecoveredOnce(stage);
    },
  },
  {
    does: 'Decline; nothing is done, and the thread says who',
    async run(stage) {
      await propose(stage);
      await stage.press('Decline', 'ben');
      await stage.until(['Roll back pdf-renderer to v2?', 'Declined by ben']);
      await expectUntouched(stage);
    },
  },
  {
    does: 'A button pressed twice by one, and by two people at once, is one action',
    async run(stage) {
      await propose(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      await Promise.all([approve.press('ben'), approve.press('ben'), approve.press('grace')]);
      await expectRecoveredOnce(stage);
    },
  },
  {
    does: 'An expired plan cannot be approved any more, and says so',
    world: { policy: { expiresInMs: 20_000 } },
    async run(stage) {
      await propose(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      await stage.until(['Roll back pdf-renderer to v2?', 'Expired']);
      await approve.press('ben');
      await stage.untilTold('ben', 'has expired');
      await expectUntouched(stage);
    },
  },
  {
    does: 'A button of another version does nothing, and says so',
    async run(stage) {
      await propose(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      await approve.press('ben', { unknown: true });
      await stage.untilTold('ben', 'Nothing was done');
      await expectUntouched(stage);
    },
  },
  {
    does: 'Spent buttons are gone, for everybody',
    async run(stage) {
      await propose(stage);
      expect(decisions(await stage.chat.thread())).toContain('Approve');
      await stage.press('Approve', 'ben');
      await stage.until('pdf-renderer: recovered');
      expect(decisions(await stage.chat.thread())).toEqual([]);
    },
  },
  {
    does: 'Where nobody is configured to approve it is diagnosis only',
    world: { policy: null },
    async run(stage) {
      await ask(stage);
      const verdict = await stage.until('It will not run: pdf-renderer');
      expect(verdict.text).toContain('Diagnosis only');
      expect(verdict.buttons).toContain('Run again');
      expect(decisions(await stage.chat.thread())).toEqual([]);
    },
  },
];
