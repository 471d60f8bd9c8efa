import { systemClock } from '../../adapters/system/clock.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** A clock on which everything takes a fraction of its time; whoever reads it agrees with all others who do. */
export function createFastClock(times: number): Clock {
  const start = performance.now();
  const wall = Date.UTC(2026, 10, 21, 9);
  const monotonic = () => (performance.now() - start) * times;
  return {
    now: () => new Date(wall + monotonic()),
    monotonic,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
    deadline: (ms, parent) => systemClock.deadline(ms / times, parent),
    lifetime: systemClock.lifetime,
  };
}
