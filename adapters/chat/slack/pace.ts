import type { Clock } from '../../../src/ports/clock.ts';
import { untilAborted } from '../../../src/ports/until-aborted.ts';
import { readFailure } from './slack-error.ts';

/** So many within a time, in milliseconds. `refills`: as a bucket, into which one more fits each share of the time. */
type Window = { readonly most: number; readonly within: number; readonly refills?: true };

/**
 * Slack's limits (S16), a little longer than its own windows, whose clock is another one: in one channel about a message a second
 * with small bursts; of one message no more than one update a second, as people cannot read more; all
 * updates of the app in its workspace 50 a minute.
 */
const WINDOWS = {
  post: { most: 10, within: 10_500, refills: true },
  message: { most: 1, within: 1_050 },
  channel: { most: 3, within: 3_100 },
  updates: { most: 50, within: 61_000 },
} as const satisfies Record<string, Window>;
/** Channels and messages that are remembered; the ones longest quiet go. */
const KEPT = 2000;

/**
 * Makes calls wait until Slack likes them. Rejects as the work does, or, while it waits, with the signal's reason; an update at once,
 * wherever in the line it stands.
 */
export interface Pace {
  post<T>(channel: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  update<T>(channel: string, ts: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** What went out under one limit. All times by the clock that never goes back. */
interface Line {
  /** The newest ones, as many as the limit allows. */
  readonly times: number[];
  /** When the bucket will have nothing in it. */
  emptyAt: number;
  heldUntil: number;
  last: Promise<unknown>;
}

const LONG_AGO = Number.NEGATIVE_INFINITY;

/** When the next one may go out. */
function freeAt({ most, within, refills }: Window, { times, emptyAt }: Line): number {
  return refills ? emptyAt - within + within / most : (times.at(-most) ?? LONG_AGO) + within;
}

/** What is limited, with its limit; the last one of a call is what a 429 is about. */
type Asked = readonly (readonly [key: string, window: Window])[];

/**
 * Paces by the windows above, on the clock that never goes back. After a 429 nothing of that kind goes out for as long as Slack
 * asks, not only the call that was refused.
 */
export function createPace(clock: Pick<Clock, 'monotonic' | 'sleep'>): Pace {
  const known = new Map<string, Line>();

  const stateOf = (key: string) => {
    const state = known.get(key) ?? { times: [], emptyAt: LONG_AGO, heldUntil: LONG_AGO, last: Promise.resolve() };
    known.delete(key);
    known.set(key, state);
    for (const [oldest] of known) {
      if (known.size <= KEPT) break;
      known.delete(oldest);
    }
    return state;
  };

  async function wait(asked: Asked, signal: AbortSignal): Promise<void> {
    for (;;) {
      const now = clock.monotonic();
      const until = asked.map(([key, window]) => Math.max(stateOf(key).heldUntil, freeAt(window, stateOf(key))));
      const ms = Math.max(...until) - now;
      if (ms <= 0) return;
      await clock.sleep(Math.ceil(ms), signal);
    }
  }

  /** At the answer, whatever it is: a call may have arrived that late, and count though it failed. */
  function count(asked: Asked): void {
    const now = clock.monotonic();
    for (const [key, window] of asked) {
      const state = stateOf(key);
      state.times.push(now);
      if (state.times.length > window.most) state.times.shift();
      state.emptyAt = Math.max(state.emptyAt, now) + window.within / window.most;
    }
  }

  /** One after the other: what is on its way when a 429 comes back would not heed it. */
  function turn<T>(asked: Asked, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const line = stateOf(asked.at(-1)?.[0] ?? '');
    const mine = line.last.then(() => call(asked, signal, work));
    line.last = mine.catch(() => undefined);
    return mine;
  }

  async function call<T>(asked: Asked, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    await wait(asked, signal);
    try {
      return await work();
    } catch (error) {
      const seconds = readFailure(error)?.retryAfter ?? null;
      const limited = asked.at(-1)?.[0];
      if (seconds !== null && limited) stateOf(limited).heldUntil = clock.monotonic() + seconds * 1_000;
      throw error;
    } finally {
      count(asked);
    }
  }

  return {
    post: (channel, signal, work) => turn([[`post ${channel}`, WINDOWS.post]], signal, work),
    async update(channel, ts, signal, work) {
      const asked: Asked = [
        [`message ${channel} ${ts}`, WINDOWS.message],
        [`channel ${channel}`, WINDOWS.channel],
        ['updates', WINDOWS.updates],
      ];
      // Behind others it would hear of the signal only at its turn.
      let begun = false;
      const mine = turn(asked, signal, () => {
        begun = true;
        return work();
      });
      return untilAborted(mine, signal).catch((error: unknown) => {
        if (begun) return mine;
        signal.throwIfAborted();
        throw error;
      });
    },
  };
}
