import { StoreError } from '../ports/store-error.ts';
import { isPending } from '../run/run-state.ts';
import { isSettled } from '../view/thread.ts';
import { startAction } from './actions/start-action.ts';
import type { Deps } from './deps.ts';
import { INVESTIGATE } from './open-run.ts';
import type { Recorder } from './recorder.ts';

/** Runs looked through for what was left undone. */
const LOOKED_BACK = 200;
const AGAIN_MS = 5_000;

/** Starts what was recorded but not begun when an earlier process died, or the store failed, in between. Starting twice is harmless. */
export async function resumeUnstarted(deps: Deps, recorder: Recorder): Promise<void> {
  for (const { run } of await deps.journal.list(LOOKED_BACK)) {
    const state = await recorder.state(run);
    if (!state || (isSettled(state) && state.closed)) continue;
    if (!state.verdict && !state.failure) await deps.workflows.start(INVESTIGATE, run, { run });
    for (const action of state.actions) {
      if (isPending(action) && action.approvedBy.length >= action.approvals.required)
        await startAction(deps, recorder, action);
    }
  }
}

/** Gives what is to be called when the store failed: as soon as it works again, what was recorded but not begun is started. */
export function createResumption(deps: Deps, recorder: Recorder, signal: AbortSignal): () => void {
  let waiting = false;
  const resume = async () => {
    while (!signal.aborted) {
      try {
        await deps.clock.sleep(AGAIN_MS, signal);
        await resumeUnstarted(deps, recorder);
        deps.log.info({}, 'the store can be used again');
        return;
      } catch (error) {
        if (!signal.aborted && !(error instanceof StoreError)) throw error;
      }
    }
  };
  return () => {
    if (waiting) return;
    waiting = true;
    resume()
      .catch((error: unknown) => deps.log.error({ error: String(error) }, 'what was not begun could not be started'))
      .finally(() => {
        waiting = false;
      });
  };
}
