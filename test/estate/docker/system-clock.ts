import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../src/ports/clock.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
  deadline: (ms, parent) => {
    const timeout = AbortSignal.timeout(ms);
    return parent ? AbortSignal.any([timeout, parent]) : timeout;
  },
  lifetime: () => {
    const controller = new AbortController();
    return { signal: controller.signal, end: () => controller.abort() };
  },
};
