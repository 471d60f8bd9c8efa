import { systemClock } from '../../adapters/system/clock.ts';
import type { Clock } from '../../src/ports/clock.ts';

/**
 * A clock that runs so many times faster than the machine's, from now on: who sleeps on it is awake sooner. Deadlines keep their real
 * time, for the machine that has to keep them is no faster.
 */
export function createHastyClock(times: number): Clock {
  const [start, wall] = [performance.now(), Date.now()];
  const monotonic = () => (performance.now() - start) * times;
  return {
    ...systemClock,
    now: () => new Date(wall + monotonic()),
    monotonic,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}
