import type { Clock } from '../../../src/ports/clock.ts';
import { readFailure } from './slack-error.ts';

/**
 * Slack's limits (S16), a little longer than Slack's own windows, for calls do not arrive as evenly as they leave: into one
 * channel about one message a second with small bursts, updates 50 a minute in the workspace (tier 3).
 */
const POSTS = { most: 3, within: 3_300 } as const;
const UPDATES = { most: 50, within: 61_000 } as const;
/** Channels that are remembered; the ones longest quiet go. */
const CHANNELS = 2_000;

/** Makes calls wait until Slack takes them. */
export interface Pace {
  /** Posts into one channel, one after the other, in the order of the calls. Rejects as the work does, or with the signal's reason. */
  post<T>(channel: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Updates of messages, wherever they stand. */
  update<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

type Turn = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Paces by the windows above, on the clock that never goes back. */
export function createPace(clock: Clock): Pace {
  const channels = new Map<string, Turn>();
  return {
    post(channel, signal, work) {
      const turn = channels.get(channel) ?? createLane(clock, POSTS);
      channels.delete(channel);
      channels.set(channel, turn);
      for (const [name] of channels) {
        if (channels.size <= CHANNELS) break;
        channels.delete(name);
      }
      return turn(signal, work);
    },
    update: createLane(clock, UPDATES),
  };
}

/** One queue under one limit. After a 429 the whole queue waits as long as Slack asks, not only the call that was refused. */
function createLane(clock: Clock, { most, within }: { readonly most: number; readonly within: number }): Turn {
  const times: number[] = [];
  let heldUntil = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function wait(signal: AbortSignal): Promise<void> {
    for (;;) {
      const now = clock.monotonic();
      const oldest = times[times.length - most] ?? Number.NEGATIVE_INFINITY;
      const ms = Math.max(heldUntil, oldest + within) - now;
      if (ms <= 0) break;
      await clock.sleep(Math.ceil(ms), signal);
    }
    times.push(clock.monotonic());
    if (times.length > most) times.shift();
  }

  return (signal, work) => {
    const turn = last.then(async () => {
      await wait(signal);
      try {
        return await work();
      } catch (error) {
        const seconds = readFailure(error)?.retryAfter ?? null;
        if (seconds !== null) heldUntil = clock.monotonic() + seconds * 1_000;
        throw error;
      }
    });
    last = turn.catch(() => undefined);
    return turn;
  };
}
