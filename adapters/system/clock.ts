import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../src/ports/clock.ts';

/** A timer of Node that is longer fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's own time. A deadline never keeps the process alive; a sleep does. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(bounded(ms), undefined, signal ? { signal } : {});
  },
  deadline: (ms, parent) => {
    // The timer holds on to the controller, so that nothing can be collected before it fires.
    const controller = new AbortController();
    const reason = new DOMException(`The deadline of ${Math.round(ms)} ms has passed`, 'TimeoutError');
    setTimeout(() => controller.abort(reason), bounded(ms)).unref();
    return parent ? AbortSignal.any([controller.signal, parent]) : controller.signal;
  },
  lifetime: () => {
    const controller = new AbortController();
    return { signal: controller.signal, end: () => controller.abort() };
  },
};

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), LONGEST_MS);
}
