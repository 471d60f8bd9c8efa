import type { Clock } from '../../../src/ports/clock.ts';

/**
 * Teams' limits for one bot in one thread (T13): so many messages within so many milliseconds. A little longer than Teams' own
 * windows, whose clock is another one. A window begins when its oldest message was answered, for it may have arrived that late.
 */
const WINDOWS = [
  { most: 7, within: 1100 },
  { most: 8, within: 2200 },
  { most: 60, within: 31_000 },
  { most: 1800, within: 3_610_000 },
] as const;
const LONGEST = 3_610_000;
/** Of the app in its tenant, calls per second; newer pages say 50, older ones 30. */
const ALL = { most: 30, within: 1100 } as const;
/** Threads that are remembered; the ones longest quiet go. */
const THREADS = 2000;

/** Makes calls wait until Teams takes them. */
export interface Pace {
  /** Does the work of a thread one after the other, in the order of the calls. Rejects as the work does, and with the signal's reason. */
  turn<T>(thread: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Nothing is sent into a thread for so long: Teams asked for it. */
  hold(thread: string, ms: number): void;
}

type Window = { readonly most: number; readonly within: number };

/** How long from `now` until one more fits into a window; 0 when it does at once. */
function waitOf(times: readonly number[], { most, within }: Window, now: number): number {
  const oldest = times[times.length - most];
  return oldest === undefined ? 0 : Math.max(0, oldest + within - now);
}

/** Paces by the windows above, on the clock that never goes back. */
export function createPace(clock: Pick<Clock, 'monotonic' | 'sleep'>): Pace {
  const threads = new Map<string, { times: number[]; heldUntil: number; last: Promise<unknown> }>();
  const all: number[] = [];

  async function wait(thread: { times: number[]; heldUntil: number }, signal: AbortSignal): Promise<void> {
    const { times } = thread;
    for (;;) {
      const now = clock.monotonic();
      const ms = Math.max(
        thread.heldUntil - now,
        waitOf(all, ALL, now),
        ...WINDOWS.map((window) => waitOf(times, window, now)),
      );
      if (ms <= 0) break;
      await clock.sleep(Math.ceil(ms), signal);
    }
    all.push(clock.monotonic());
    if (all.length > ALL.most) all.shift();
  }

  /** Whatever became of it: a message that failed may have counted. */
  function count(times: number[]): void {
    const now = clock.monotonic();
    while ((times[0] ?? now) < now - LONGEST) times.shift();
    times.push(now);
  }

  return {
    turn(thread, signal, work) {
      const known = threads.get(thread) ?? { times: [], heldUntil: 0, last: Promise.resolve() };
      threads.delete(thread);
      threads.set(thread, known);
      for (const [name] of threads) {
        if (threads.size <= THREADS) break;
        threads.delete(name);
      }
      const turn = known.last.then(async () => {
        await wait(known, signal);
        return work().finally(() => count(known.times));
      });
      known.last = turn.catch(() => undefined);
      return turn;
    },
    hold(thread, ms) {
      const known = threads.get(thread);
      if (known) known.heldUntil = clock.monotonic() + ms;
    },
  };
}
