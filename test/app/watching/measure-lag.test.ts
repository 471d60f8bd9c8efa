import { expect, it } from 'vitest';
import { measureLag } from '../../../src/app/watching/measure-lag.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Meter } from '../../../src/ports/meter.ts';
import type { RunEvent, RunFact } from '../../../src/run/events.ts';
import { responder } from '../../run/sample-run.ts';

/** A clock that stands where a test puts it, and a meter whose gauges can be read. */
function bench(chats: readonly string[]) {
  let now = 0;
  const gauges = new Map<string, () => number>();
  const clock = { now: () => new Date(now) } as unknown as Clock;
  const meter: Meter = {
    counter: () => () => {},
    histogram: () => () => {},
    gauge: ({ name }, read) => void gauges.set(name, () => read()[0]?.value ?? Number.NaN),
  };
  const lag = measureLag(meter, clock, new Set(chats));
  const event = (run: string, seq: number, fact: RunFact): RunEvent => ({
    ...{ run, seq, key: String(seq), fact, at: new Date(now).toISOString() },
  });
  return {
    lag,
    at: (seconds: number) => {
      now = seconds * 1_000;
    },
    open: (run: string, chat: 'slack' | 'web') => {
      const conversation = { chat, id: 'x' };
      lag.wrote(event(run, 1, { type: 'opened', target: 't', on: null, by: responder, conversation, practice: false }));
    },
    more: (run: string, seq: number) => lag.wrote(event(run, seq, { type: 'closed' })),
    read: () => [gauges.get('execfmt_threads_waiting')?.(), gauges.get('execfmt_thread_lag_seconds')?.()],
  };
}

it('is the age of the oldest event that a chat was not told yet', () => {
  const { lag, at, open, more, read } = bench(['slack']);
  expect(read()).toEqual([0, 0]);
  open('r-1', 'slack');
  at(2);
  open('r-2', 'slack');
  more('r-1', 2);
  at(10);
  expect(read()).toEqual([2, 10]);
  lag.told('r-1', 1);
  expect(read()).toEqual([2, 8]);
  lag.told('r-2', 1);
  lag.told('r-1', 2);
  expect(read()).toEqual([0, 0]);
});

it('leaves out runs that nobody is told: the page reads them itself', () => {
  const { at, open, more, read } = bench(['slack']);
  open('r-1', 'web');
  at(5);
  more('r-1', 2);
  expect(read()).toEqual([0, 0]);
});
