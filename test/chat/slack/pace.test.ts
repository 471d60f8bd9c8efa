import { WebAPIRateLimitedError } from '@slack/web-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPace } from '../../../adapters/chat/slack/pace.ts';
import { createRates } from '../../servers/slack/rates.ts';

const never = new AbortController().signal;
const done = async () => {};
const tooMany = () => Promise.reject(new WebAPIRateLimitedError(7));

/** A clock whose time passes only while somebody sleeps, and the pace on it. */
function begin() {
  let now = 0;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    now += ms;
  };
  return { pace: createPace({ monotonic: () => now, sleep }), now: () => now, sleep };
}

/** When each of so many calls went out. */
async function times(count: number, now: () => number, call: (at: number) => Promise<void>): Promise<number[]> {
  const out: number[] = [];
  for (let at = 0; at < count; at += 1) {
    await call(at);
    out.push(now());
  }
  return out;
}
/** The most calls within any `window` milliseconds. */
const densest = (out: readonly number[], window: number) =>
  Math.max(...out.map((from) => out.filter((at) => at >= from && at < from + window).length));

describe('the pace of Slack', () => {
  it('lets a whole diagnosis out at once, then a message a second', async () => {
    const { pace, now } = begin();
    const out = await times(60, now, () => pace.post('C1', never, done));
    expect(out.slice(0, 10)).toEqual(Array(10).fill(0));
    const pauses = out.slice(10).map((at, index) => at - (out[index + 9] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...pauses)).toBeLessThan(1_100);
  });

  it('updates no message twice in a second', async () => {
    const { pace, now } = begin();
    expect(densest(await times(20, now, () => pace.update('C1', '1.1', never, done)), 1000)).toBe(1);
  });

  it('updates in one channel about once a second, whichever messages', async () => {
    const { pace, now } = begin();
    expect(densest(await times(30, now, (at) => pace.update('C1', `1.${at}`, never, done)), 3000)).toBe(3);
  });

  it('updates no more than 50 times a minute in all channels together', async () => {
    const { pace, now } = begin();
    expect(densest(await times(150, now, (at) => pace.update(`C${at}`, '1.1', never, done)), 60_000)).toBe(50);
  });

  it('sends nothing that Slack refuses, however unevenly the calls arrive', async () => {
    const delay = fc.oneof({ arbitrary: fc.constant(0), weight: 20 }, fc.nat(1500));
    const journey = fc.record({ update: fc.boolean(), there: delay, back: delay });
    await fc.assert(
      fc.asyncProperty(fc.array(journey, { minLength: 20, maxLength: 150 }), async (journeys) => {
        const { pace, now, sleep } = begin();
        const rates = createRates(now);
        for (const [at, { update, there, back }] of journeys.entries()) {
          const call = async () => {
            await sleep(there);
            const seconds = rates.tooSoon(update ? 'chat.update' : 'chat.postMessage', 'C1');
            await sleep(back);
            return seconds;
          };
          const refused = update ? pace.update('C1', `1.${at}`, never, call) : pace.post('C1', never, call);
          expect(await refused).toBeNull();
        }
      }),
      // The first one late, the others at once: together they would be one too many.
      { examples: [[[1_500, ...Array<number>(10).fill(0)].map((there) => ({ update: false, there, back: 0 }))]] },
    );
  });

  it('holds up nobody else', async () => {
    const { pace, now } = begin();
    await times(10, now, () => pace.post('C1', never, done));
    await pace.post('C2', never, done);
    await pace.update('C1', '1.1', never, done);
    expect(now()).toBe(0);
  });

  it('lets nothing more into a channel for as long as a 429 asks, and into others at once', async () => {
    const { pace, now } = begin();
    await expect(pace.post('C1', never, tooMany)).rejects.toThrow();
    await pace.post('C2', never, done);
    expect(now()).toBe(0);
    await pace.post('C1', never, done);
    expect(now()).toBe(7000);
  });

  it('updates nothing for as long as a 429 asks: that limit is one for all channels', async () => {
    const { pace, now } = begin();
    await expect(pace.update('C1', '1.1', never, tooMany)).rejects.toThrow();
    await pace.update('C2', '2.2', never, done);
    expect(now()).toBe(7000);
  });

  it('ends with the signal', async () => {
    const { pace } = begin();
    const stopped = AbortSignal.abort();
    await pace.update('C1', '1.1', never, done);
    await expect(pace.update('C1', '1.1', stopped, done)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('lets an update that is not wanted any more leave the line at once, and its place to the next', async () => {
    const { pace, now } = begin();
    let letGo = () => {};
    const slow = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const out: string[] = [];
    const first = pace.update('C1', '1.1', never, () => slow.then(() => void out.push('first')));
    const unwanted = new AbortController();
    const second = pace.update('C2', '2.2', unwanted.signal, async () => void out.push('second'));
    const third = pace.update('C3', '3.3', never, async () => void out.push('third'));
    unwanted.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    letGo();
    await Promise.all([first, third]);
    expect(out).toEqual(['first', 'third']);
    const rest = await times(48, now, (at) => pace.update(`D${at}`, '1.1', never, done));
    expect(rest.at(-1)).toBe(0);
  });

  it('tells how an update ended that had begun when it was not wanted any more', async () => {
    const { pace } = begin();
    const unwanted = new AbortController();
    const work = async () => {
      unwanted.abort();
      return 'updated';
    };
    expect(await pace.update('C1', '1.1', unwanted.signal, work)).toBe('updated');
  });
});
