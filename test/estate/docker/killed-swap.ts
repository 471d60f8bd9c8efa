import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import type { ImageSwapper, Swap } from '../../../src/ports/image-swap.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import type { SwapperUnderTest } from '../../contracts/image-swapper-contract.ts';
import { atEveryCall } from './at-every-call.ts';
import { Crash, crashingClient } from './crashes.ts';
import type { Bench } from './incident-bench.ts';
import { systemClock } from './system-clock.ts';
import { swapperOn } from './under-contract.ts';

const signal = new AbortController().signal;

type Way = (swapper: ImageSwapper, swap: Swap) => Promise<void>;

const forward: Way = async (swapper, swap) => {
  for (const phase of swapper.phases) knownValue(await phase.run(swap, signal));
  knownValue(await swapper.finish(swap, signal));
};
const back: Way = async (swapper, swap) => {
  knownValue(await swapper.putBack(swap, signal));
};
const allButFinish: Way = async (swapper, swap) => {
  for (const phase of swapper.phases) knownValue(await phase.run(swap, signal));
};

/** A swap whose process is killed after every changing call it makes, and that another one then ends. */
export function killedSwap(title: string, open: () => Promise<Bench>): void {
  describe(`a swap on ${title} whose process is killed`, () => {
    let bench: Bench;
    let test: SwapperUnderTest;
    beforeAll(async () => {
      bench = await open();
      test = await swapperOn(bench);
    });
    afterAll(() => bench?.close());

    /** Whether the process was killed after that call; it was not when it makes fewer calls. */
    const killedAfter = async (after: number, swap: Swap, way: Way): Promise<boolean> => {
      const client = crashingClient(bench.client, after);
      const swapper = createDockerSwapper({ name: bench.host, client, clock: systemClock });
      try {
        await way(swapper, swap);
        return false;
      } catch (error) {
        expect(error).toBeInstanceOf(Crash);
        return true;
      }
    };

    it('is put back', { timeout: 120_000 }, async () => {
      const calls = await atEveryCall(async (after) => {
        const swap = await test.deploy(true);
        const before = await test.standing(swap);
        const killed = await killedAfter(after, swap, allButFinish);
        await back(test.swapper, swap);
        expect(await test.standing(swap), `after call ${after}`).toEqual(before);
        expect(await test.remains(swap)).toEqual([before.instanceId]);
        return killed;
      });
      expect(calls).toBeGreaterThan(5);
    });

    it('goes on to its end', { timeout: 120_000 }, async () => {
      const calls = await atEveryCall(async (after) => {
        const swap = await test.deploy(true);
        const before = await test.standing(swap);
        const killed = await killedAfter(after, swap, forward);
        await forward(test.swapper, swap);
        const now = await test.standing(swap);
        expect(now, `after call ${after}`).toMatchObject({ runs: true, settings: before.settings });
        expect(await test.remains(swap)).toEqual([now.instanceId]);
        expect(now.instanceId).not.toBe(before.instanceId);
        return killed;
      });
      expect(calls).toBeGreaterThan(6);
    });

    it('is put back although putting back is killed too', { timeout: 120_000 }, async () => {
      const calls = await atEveryCall(async (after) => {
        const swap = await test.deploy(true);
        const before = await test.standing(swap);
        await allButFinish(test.swapper, swap);
        const killed = await killedAfter(after, swap, back);
        await back(test.swapper, swap);
        expect(await test.standing(swap), `after call ${after}`).toEqual(before);
        expect(await test.remains(swap)).toEqual([before.instanceId]);
        return killed;
      });
      expect(calls).toBeGreaterThan(5);
    });
  });
}
