import type { Clock } from '../../../src/ports/clock.ts';

type Window = { readonly most: number; readonly within: number };

/**
 * Slack's limits (S16), a little longer than its own windows, for calls do not arrive as evenly as they leave: in one channel
 * about a message a second with small bursts; of one message no more than one update a second, as people cannot read more; all
 * updates of the app in its workspace 50 a minute.
 */
const WINDOWS = {
  post: { most: 10, within: 10_500 },
  message: { most: 1, within: 1_050 },
  channel: { most: 3, within: 3_100 },
  updates: { most: 50, within: 61_000 },
} as const satisfies Record<string, Window>;
/** Channels and messages that are remembered; the ones longest quiet go. */
const KEPT = 2000;

/** Makes calls wait until Slack likes them. Rejects with the signal's reason. */
export interface Pace {
  post(channel: string, signal: AbortSignal): Promise<void>;
  update(channel: string, ts: string, signal: AbortSignal): Promise<void>;
}

/** Paces by the windows above, on the clock that never goes back. */
export function createPace(clock: Pick<Clock, 'monotonic' | 'sleep'>): Pace {
  const known = new Map<string, number[]>();

  const timesOf = (key: string): number[] => {
    const times = known.get(key) ?? [];
    known.delete(key);
    known.set(key, times);
    for (const [oldest] of known) {
      if (known.size <= KEPT) break;
      known.delete(oldest);
    }
    return times;
  };

  async function wait(asked: readonly (readonly [string, Window])[], signal: AbortSignal): Promise<void> {
    for (;;) {
      const now = clock.monotonic();
      const windows = asked.map(([key, window]) => ({ ...window, times: timesOf(key) }));
      const ms = Math.max(
        ...windows.map(({ times, most, within }) => (times.at(-most) ?? Number.NEGATIVE_INFINITY) + within - now),
      );
      if (ms > 0) {
        await clock.sleep(Math.ceil(ms), signal);
        continue;
      }
      for (const { times, most } of windows) {
        times.push(now);
        if (times.length > most) times.shift();
      }
      return;
    }
  }

  return {
    post: (channel, signal) => wait([[`post ${channel}`, WINDOWS.post]], signal),
    update: (channel, ts, signal) =>
      wait(
        [
          [`message ${channel} ${ts}`, WINDOWS.message],
          [`channel ${channel}`, WINDOWS.channel],
          ['updates', WINDOWS.updates],
        ],
        signal,
      ),
  };
}
