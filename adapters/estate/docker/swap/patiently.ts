import { ProbeError, type ProbeFailureCode } from '../../../../src/playbook/answer.ts';
import type { Engine } from '../engine.ts';

/** An engine that is restarted or upgraded is back within seconds, a machine within minutes. */
const PATIENCE_MS = 10 * 60_000;
const PAUSE_MS = 2_000;
const AWAY: readonly ProbeFailureCode[] = ['unreachable', 'timeout'];

/**
 * Runs `work`, which can be repeated, again and again while the engine is away, for ten minutes: a service that was set
 * aside must not stay so because the engine was restarted in the middle. Rejects with ProbeError.
 */
export async function patiently<T>(engine: Engine, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const end = engine.clock.monotonic() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const away = error instanceof ProbeError && AWAY.includes(error.why.code);
      if (!away || signal.aborted || engine.clock.monotonic() + PAUSE_MS > end) throw error;
    }
    await engine.clock.sleep(PAUSE_MS, signal);
  }
}
