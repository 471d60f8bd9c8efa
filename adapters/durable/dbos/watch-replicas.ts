import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Connection } from './connect.ts';
import type { ExecutorLock } from './executor-lock.ts';
import type { Runner } from './runner.ts';

const LOOK_MS = 1_000;

/**
 * A replica whose lock was free for so long, in milliseconds, has lost what it ran; one that is only reconnecting, as after a
 * restart of the server, is back before. It breaks its own work off earlier, so that the two never run together.
 */
const TAKE_OVER_MS = 10_000;
const BREAK_OFF_MS = 6_000;

export interface WatchOptions {
  readonly executor: string;
  readonly connection: Connection;
  readonly lock: ExecutorLock;
  readonly runner: Runner;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Until the signal aborts: gives back what was broken off here, breaks off what is another's by now, and puts what a dead
 * replica ran back into the queue. Never rejects.
 */
export async function watchReplicas({
  executor,
  connection,
  lock,
  runner,
  clock,
  log,
  signal,
}: WatchOptions): Promise<void> {
  const { rows } = connection;
  /** When an executor's lock was first seen free, by our own clock. */
  const silentSince = new Map<string, number>();

  const breakOffLost = async () => {
    // In this order: what begins while the store answers is not in the answer.
    const running = runner.ids();
    const owned = new Set(await rows.runningOf(executor));
    runner.breakOff(running.filter((id) => !owned.has(id)));
  };

  const takeOver = async () => {
    const silent = new Set(await rows.silent(executor));
    for (const known of silentSince.keys()) if (!silent.has(known)) silentSince.delete(known);
    const now = clock.monotonic();
    for (const dead of silent) {
      const since = silentSince.get(dead) ?? now;
      silentSince.set(dead, since);
      if (now - since < TAKE_OVER_MS) continue;
      const taken = await rows.takeFrom(dead);
      if (taken.length > 0)
        log.warn({ executor: dead, workflows: taken }, 'a replica is gone; what it ran goes on in another');
    }
  };

  while (!signal.aborted) {
    try {
      if (lock.lostFor() > BREAK_OFF_MS) runner.breakOff(runner.ids());
      if (lock.lostFor() === 0) {
        await breakOffLost();
        await runner.handBack(connection);
        await takeOver();
      } else {
        // How long others were silent is not known of a time in which the store could not be asked.
        silentSince.clear();
      }
    } catch (error) {
      silentSince.clear();
      log.debug({ error: String(error) }, 'the other replicas could not be looked at; it is tried again');
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}
