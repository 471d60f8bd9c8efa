import { estateOf } from '../playbook/place.ts';
import type { Application } from '../ports/application.ts';
import type { WorkflowContext } from '../ports/workflows.ts';
import { isPending, type RunState } from '../run/run-state.ts';
import { permalinkOf } from '../view/permalink.ts';
import { redactDeep } from '../view/redact-deep.ts';
import { isSettled, threadOf } from '../view/thread.ts';
import { carryOut } from './actions/carry-out.ts';
import { EXPIRE, expirePlan } from './actions/expire-plan.ts';
import { CARRY_OUT, startAction } from './actions/start-action.ts';
import type { Desk } from './commands/desk.ts';
import { createImageChecks } from './commands/image-checks.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { FOLLOW, followRecovery } from './follow-recovery.ts';
import { handleIntent } from './handle-intent.ts';
import { createInbox } from './inbox.ts';
import { investigate } from './investigate.ts';
import { locate } from './locate.ts';
import { makeTranscript } from './make-transcript.ts';
import { INVESTIGATE } from './open-run.ts';
import { createPublisher } from './publish-thread.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { rememberTargets } from './remember-targets.ts';
import { SHARE, shareTranscript, startSharing } from './share-transcript.ts';

/** Deliveries are not repeated after this long. */
const CLAIMS_KEPT_MS = 24 * 60 * 60_000;

/** Runs looked through for what a process that died left undone: at the start, and then by one replica for all. */
const LOOKED_BACK = 200;
const LOOK_AGAIN_MS = 60_000;

export interface RunningApplication extends Application {
  /** Resumes what an earlier process left, and begins to tell the chats. */
  start(): Promise<void>;
  stop(): Promise<void>;
  state(run: string): Promise<RunState | null>;
  /** Resolves when the diagnosis of a run has ended. */
  diagnosed(run: string): Promise<void>;
  /** Resolves when an approved action has ended. */
  carriedOut(plan: string): Promise<void>;
}

/** The use cases over the ports. */
export function createApplication(deps: Deps): RunningApplication {
  const recorder = createRecorder(deps);
  const publisher = createPublisher(deps, recorder);
  defineWorkflows(deps, recorder);
  const life = deps.clock.lifetime();
  const targets = rememberTargets(deps, life.signal);
  const desk: Desk = { deps, recorder, checks: createImageChecks(deps, life.signal), signal: life.signal };
  const inbox = createInbox(
    deps,
    async (intent) => redactDeep(await handleIntent(desk, intent), deps.redact),
    life.signal,
  );
  let unwatch: (() => void) | null = null;

  return {
    handle: inbox.take,
    async thread(run) {
      const state = await recorder.state(run);
      return state && threadOf(state, permalinkOf(deps.publicUrl, run));
    },
    state: (run) => recorder.state(run),
    events: (run) => deps.journal.read(run),
    transcript: (run, format) => makeTranscript(deps, run, format, life.signal),
    runs: (limit, matching) => deps.journal.list(limit, matching),
    watch: (listener) => recorder.watch(listener),
    targets: async () => targets(),
    async diagnosed(run) {
      await deps.workflows.finished(run);
    },
    async carriedOut(plan) {
      await deps.workflows.finished(plan);
    },
    async start() {
      const settled = new Set<string>();
      unwatch = recorder.watch((run) => {
        settled.delete(run);
        publisher.changed(run);
      });
      await deps.workflows.launch();
      await resumeUnstarted(deps, recorder, settled);
      void lookAgain(deps, () => resumeUnstarted(deps, recorder, settled), life.signal);
      await deps.journal.forgetClaims(new Date(deps.clock.now().getTime() - CLAIMS_KEPT_MS));
      inbox.start();
      await publisher.catchUp();
    },
    async stop() {
      unwatch?.();
      life.end();
      await inbox.stop();
      await deps.workflows.stop();
      await publisher.stop();
    },
  };
}

function defineWorkflows(deps: Deps, recorder: Recorder): void {
  deps.workflows.define(INVESTIGATE, async (context, input) => {
    const { run } = input as { run: string };
    try {
      await diagnose(deps, recorder, context, run);
    } catch (error) {
      if (context.signal.aborted) throw error;
      deps.log.error({ run, error: describeError(error) }, 'a diagnosis broke down');
      await recorder.record(run, {
        key: 'failed',
        fact: {
          type: 'failed',
          message: 'execfmt broke down in the middle; the log says why. Nothing was changed anywhere.',
        },
      });
    }
    await recorder.close(run);
    await startSharing(deps, recorder, run, null);
  });
  deps.workflows.define(CARRY_OUT, async (context, input) => {
    const { run, plan } = input as { run: string; plan: string };
    await carryOut(deps, recorder, context, run);
    const action = (await recorder.state(run))?.actions.find((one) => one.plan.id === plan);
    if (action?.finished?.outcome === 'succeeded' && action.plan.kind !== 'rebuild')
      await deps.workflows.start(FOLLOW, `${FOLLOW}:${plan}`, { run, plan });
    else await startSharing(deps, recorder, run, plan);
  });
  deps.workflows.define(EXPIRE, async (context, input) => {
    const { run, plan } = input as { run: string; plan: string };
    await expirePlan(deps, recorder, context, run, plan);
    const action = (await recorder.state(run))?.actions.find((one) => one.plan.id === plan);
    // What was started is shared when it has ended.
    if (action && !action.started) await startSharing(deps, recorder, run, plan);
  });
  deps.workflows.define(FOLLOW, async (context, input) => {
    const { run, plan } = input as { run: string; plan: string };
    await followRecovery(deps, recorder, context, run, plan);
    await startSharing(deps, recorder, run, plan);
  });
  deps.workflows.define(SHARE, async (context, input) => {
    const { run, ended } = input as { run: string; ended: string };
    await shareTranscript(deps, recorder, context, run, ended);
  });
}

async function diagnose(deps: Deps, recorder: Recorder, context: WorkflowContext, run: string): Promise<void> {
  const state = await recorder.state(run);
  // What ended before an interruption is not done again.
  if (!state || state.verdict || state.failure) return;
  if (context.resumed) {
    await recorder.record(run, {
      key: `interrupted:${state.seq}`,
      fact: { type: 'interrupted', during: 'the diagnosis', goesOn: true },
    });
  }
  const { service, places, absent } = await locate(deps, state.target, state.on, context.signal);
  const practice = places.length > 0 && places.every((place) => deps.estates.get(estateOf(place))?.practice);
  await recorder.record(run, { key: 'located', fact: { type: 'located', places, practice: practice === true } });
  await investigate(
    deps,
    recorder,
    { id: run, target: state.target, service, places, absent, openedAt: Date.parse(state.openedAt) },
    context.signal,
  );
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

/**
 * Starts what was recorded but not begun when a process died in between. Starting twice is harmless. Runs in `settled` had
 * nothing left to start, and have not changed since.
 */
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
