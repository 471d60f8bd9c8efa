import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPace } from '../../../adapters/chat/teams/pace.ts';
import { createRates } from '../../servers/teams/rates.ts';

const never = new AbortController().signal;

/** A clock whose time passes only while somebody sleeps. */
function createClock() {
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
  };
  return { monotonic: () => now, sleep };
}

describe('the pace of Teams', () => {
  it('sends nothing that Teams refuses, however unevenly the calls arrive', async () => {
    const delay = fc.oneof({ arbitrary: fc.constant(0), weight: 10 }, fc.nat(1500));
    const journey = fc.record({ there: delay, back: delay });
    await fc.assert(
      fc.asyncProperty(fc.array(journey, { minLength: 20, maxLength: 100 }), async (journeys) => {
        const clock = createClock();
        const pace = createPace(clock);
        const rates = createRates(clock.monotonic);
        for (const { there, back } of journeys) {
          const refused = await pace.turn('a thread', never, async () => {
            await clock.sleep(there);
            const seconds = rates.tooSoon('a thread');
            await clock.sleep(back);
            return seconds;
          });
          expect(refused).toBeNull();
        }
      }),
    );
  });

  it('counts a call that failed, for it may have arrived', async () => {
    const clock = createClock();
    const pace = createPace(clock);
    const failing = () => Promise.reject(new Error('cut'));
    for (let at = 0; at < 7; at += 1) await expect(pace.turn('a thread', never, failing)).rejects.toThrow('cut');
    expect(clock.monotonic()).toBe(0);
    await pace.turn('a thread', never, async () => undefined);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(1000);
  });

  it('holds up no other thread', async () => {
    const clock = createClock();
    const pace = createPace(clock);
    for (let at = 0; at < 7; at += 1) await pace.turn('a thread', never, async () => undefined);
    await pace.turn('another', never, async () => undefined);
    expect(clock.monotonic()).toBe(0);
  });
});
