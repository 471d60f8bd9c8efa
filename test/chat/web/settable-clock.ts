import { systemClock } from '../../../adapters/system/clock.ts';
import type { Clock } from '../../../src/ports/clock.ts';

/** A clock that stands still until the test moves it. */
export function settableClock(): Clock & { pass(ms: number): void } {
  let at = Date.UTC(2026, 10, 21, 9, 0, 0);
  return {
    ...systemClock,
    now: () => new Date(at),
    monotonic: () => at,
    pass(ms) {
      at += ms;
    },
  };
}
