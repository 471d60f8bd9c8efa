import { StoreError } from '../ports/store-error.ts';
import { isPending } from '../run/run-state.ts';
import { isSettled } from '../view/thread.ts';
import { EXPIRE } from './actions/expire-plan.ts';
import { startAction } from './actions/start-action.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { INVESTIGATE } from './open-run.ts';
import type { Recorder } from './recorder.ts';

/** Runs looked through for what a process that died left undone: at the start, and then by one replica for all. */
const LOOKED_BACK = 200;
const LOOK_AGAIN_MS = 60_000;
/** How soon after the store has failed it is tried again. */
const AFTER_FAILURE_MS = 5_000;

/** Sees to it that what was recorded is begun, whichever process dies, or store fails, in between. */
export interface Resumption {
  /** Looks now, and again and again from then on. */
  begin(): Promise<void>;
  /** Something happened in a run. */
  changed(run: string): void;
  /** The store has failed: as soon as it works again, what was recorded but not begun is started. */
  afterFailure(): void;
}

export function createResumption(deps: Deps, recorder: Recorder, signal: AbortSignal): Resumption {
  // These had nothing left to start, and have not changed since.
  const settled = new Set<string>();
  let waiting = false;
  const look = () => resumeUnstarted(deps, recorder, settled);
  return {
    async begin() {
      await look();
      void lookAgain(deps, look, signal);
    },
    changed: (run) => settled.delete(run),
    afterFailure() {
      if (waiting) return;
      waiting = true;
      untilStoreWorks(deps, look, signal)
        .catch((error: unknown) =>
          deps.log.error({ error: describeError(error) }, 'what was not begun could not be started'),
        )
        .finally(() => {
          waiting = false;
        });
    },
  };
}

/** Again and again, by the replica that has the lease: a replica may die between the record and the start. Never rejects. */
async function lookAgain(deps: Deps, look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await deps.clock.sleep(LOOK_AGAIN_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      if (await deps.journal.lease('look for what was not started', LOOK_AGAIN_MS)) await look();
    } catch (error) {
      deps.log.warn({ error: describeError(error) }, 'what was not started could not be looked for; it is tried again');
    }
  }
}

async function untilStoreWorks(deps: Deps, look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await deps.clock.sleep(AFTER_FAILURE_MS, signal);
      await look();
      deps.log.info({}, 'the store can be used again');
      return;
    } catch (error) {
      if (!signal.aborted && !(error instanceof StoreError)) throw error;
    }
  }
}

/** Starts what was recorded but not begun when a process died in between. Starting twice is harmless. */
async function resumeUnstarted(deps: Deps, recorder: Recorder, settled: Set<string>): Promise<void> {
  for (const { run } of await deps.journal.list(LOOKED_BACK)) {
    if (settled.has(run)) continue;
    const state = await recorder.state(run);
    if (state && isSettled(state) && state.closed) settled.add(run);
    if (!state || settled.has(run)) continue;
    if (!state.verdict && !state.failure) await deps.workflows.start(INVESTIGATE, run, { run });
    for (const action of state.actions) {
      if (!isPending(action)) continue;
      await deps.workflows.start(EXPIRE, `${EXPIRE}:${action.plan.id}`, { run, plan: action.plan.id });
      if (action.approvedBy.length >= action.approvals.required) await startAction(deps, recorder, action);
    }
  }
}
