import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../src/ports/clock.ts';

/** The machine's own clock and timers. Waiting keeps no process alive that has nothing else to do. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}),
  deadline: (ms, parent) => (parent ? AbortSignal.any([AbortSignal.timeout(ms), parent]) : AbortSignal.timeout(ms)),
  lifetime() {
    const controller = new AbortController();
    return { signal: controller.signal, end: () => controller.abort() };
  },
};
