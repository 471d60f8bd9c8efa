import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/playbook/answer.ts';
import type { ImageSwapper, Swap } from '../../src/ports/image-swap.ts';
import { knownValue } from './estate-contract.ts';

/** What stands at a place, for comparison. */
export interface Standing {
  readonly instanceId: string;
  readonly imageId: string;
  /** Whether its process runs or is being restarted. */
  readonly runs: boolean;
  /** Everything that must be the same in the old and the new instance. */
  readonly settings: unknown;
}

/** A host where instances can be deployed and swapped. */
export interface SwapperUnderTest {
  readonly swapper: ImageSwapper;
  /** Deploys an instance of an image that cannot run there, running (so that it restarts) or stopped, with a swap to one that can. */
  deploy(running: boolean): Promise<Swap>;
  standing(swap: Swap): Promise<Standing>;
  /** Everything of a swap that is there: the old, the new, under whatever name. */
  remains(swap: Swap): Promise<readonly string[]>;
  readonly canary: string;
  close(): Promise<void>;
}

/** What every swapper does, whatever it swaps on. */
export function imageSwapperContract(title: string, open: () => Promise<SwapperUnderTest>): void {
  describe(`${title} as an image swapper`, () => {
    let test: SwapperUnderTest;
    const answers: unknown[] = [];
    const signal = new AbortController().signal;
    const ask = async <T>(question: Promise<Answer<T>>): Promise<T> => {
      const answer = await question;
      answers.push(answer);
      return knownValue(answer);
    };
    const run = async (swap: Swap, count: number) => {
      for (const phase of test.swapper.phases.slice(0, count)) await ask(phase.run(swap, signal));
    };
    beforeAll(async () => {
      test = await open();
    });
    afterAll(() => test?.close());

    it('replaces the image and nothing else', async () => {
      const swap = await test.deploy(true);
      const before = await test.standing(swap);
      await run(swap, test.swapper.phases.length);
      const observed = await ask(test.swapper.observe(swap, signal));
      expect(observed).toMatchObject({ running: true, restartCount: 0, platform: swap.platform, exitCode: null });
      expect(await test.remains(swap)).toHaveLength(2);
      await ask(test.swapper.finish(swap, signal));
      const after = await test.standing(swap);
      expect(after.settings).toEqual(before.settings);
      expect(after.imageId).toBe(observed.imageId);
      expect(after.imageId).not.toBe(before.imageId);
      expect(await test.remains(swap)).toEqual([after.instanceId]);
      expect(await ask(test.swapper.current(swap.where, signal))).toEqual({
        instanceId: after.instanceId,
        imageId: after.imageId,
      });
    });

    it('can do every step twice', async () => {
      const swap = await test.deploy(true);
      for (const phase of test.swapper.phases) {
        await ask(phase.run(swap, signal));
        await ask(phase.run(swap, signal));
      }
      for (const phase of test.swapper.phases) await ask(phase.run(swap, signal));
      expect(await test.remains(swap)).toHaveLength(2);
      await ask(test.swapper.finish(swap, signal));
      await ask(test.swapper.finish(swap, signal));
      expect(await test.remains(swap)).toHaveLength(1);
      expect((await ask(test.swapper.observe(swap, signal))).running).toBe(true);
    });

    it.each([true, false])('puts the old one back after every phase (it ran: %s)', async (ran) => {
      for (let count = 0; count <= test.swapper.phases.length; count += 1) {
        const swap = await test.deploy(ran);
        const before = await test.standing(swap);
        expect(before.runs).toBe(ran);
        await run(swap, count);
        await ask(test.swapper.putBack(swap, signal));
        expect(await test.standing(swap), `after ${count} phases`).toEqual(before);
        await ask(test.swapper.putBack(swap, signal));
        expect(await test.standing(swap)).toEqual(before);
        expect(await test.remains(swap)).toEqual([before.instanceId]);
      }
    });

    it('leaves alone what was not approved', async () => {
      const swap = await test.deploy(true);
      const before = await test.standing(swap);
      const other = { ...swap, imageId: `sha256:${'0'.repeat(64)}` };
      const outcomes: string[] = [];
      for (const phase of test.swapper.phases) {
        const answer = await phase.run(other, signal);
        outcomes.push(answer.kind === 'known' ? 'done' : answer.why.code);
      }
      expect(outcomes).toContain('conflict');
      expect(await test.standing(swap)).toEqual(before);
      const gone = { ...swap, instanceId: 'f'.repeat(64) };
      expect(await test.swapper.putBack(gone, signal)).toMatchObject({
        kind: 'probe-failed',
        why: { code: 'not-found' },
      });
      expect(await test.standing(swap)).toEqual(before);
    });

    it('does not put back what was finished', async () => {
      const swap = await test.deploy(true);
      await run(swap, test.swapper.phases.length);
      await ask(test.swapper.finish(swap, signal));
      const after = await test.standing(swap);
      expect(await test.swapper.putBack(swap, signal)).toMatchObject({ kind: 'probe-failed' });
      expect(await test.standing(swap)).toEqual(after);
    });

    it('changes nothing when the image is not to be had', async () => {
      const swap = await test.deploy(true);
      const before = await test.standing(swap);
      const missing = { ...swap, image: swap.image.replace(/[0-9a-f]{64}$/, 'e'.repeat(64)) };
      for (const phase of test.swapper.phases) expect((await phase.run(missing, signal)).kind).toBe('probe-failed');
      const foreign = { ...swap, platform: 'linux/s390x' };
      for (const phase of test.swapper.phases) expect((await phase.run(foreign, signal)).kind).toBe('probe-failed');
      expect(await test.standing(swap)).toEqual(before);
    });

    it('lists its calls and never gives a value of the environment away', async () => {
      const swap = await test.deploy(true);
      const calls = test.swapper.calls(swap);
      expect(calls.join('\n')).toContain(swap.image);
      expect(answers.length).toBeGreaterThan(30);
      expect(JSON.stringify([calls, answers])).not.toContain(test.canary);
    });
  });
}
