import { estateOf } from '../playbook/place.ts';
import type { Application, Intent } from '../ports/application.ts';
import { StoreError } from '../ports/store-error.ts';
import type { WorkflowContext } from '../ports/workflows.ts';
import type { RunState } from '../run/run-state.ts';
import { permalinkOf } from '../view/permalink.ts';
import { redactDeep } from '../view/redact-deep.ts';
import { threadOf } from '../view/thread.ts';
import { carryOut } from './actions/carry-out.ts';
import { EXPIRE, expirePlan } from './actions/expire-plan.ts';
import { CARRY_OUT } from './actions/start-action.ts';
import type { Desk } from './commands/desk.ts';
import { createImageChecks } from './commands/image-checks.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { FOLLOW, followRecovery } from './follow-recovery.ts';
import { createGate } from './gate.ts';
import { handleIntent } from './handle-intent.ts';
import { createInbox } from './inbox.ts';
import { investigate } from './investigate.ts';
import { locate } from './locate.ts';
import { makeTranscript } from './make-transcript.ts';
import { INVESTIGATE } from './open-run.ts';
import { createPublisher } from './publish-thread.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { rememberTargets } from './remember-targets.ts';
import { createResumption } from './resume-unstarted.ts';
import { SHARE, shareTranscript, startSharing } from './share-transcript.ts';

/** Deliveries are not repeated after this long. */
const CLAIMS_KEPT_MS = 24 * 60 * 60_000;

/** Diagnoses at once; more would take each other's time until their deadlines pass, and memory. The others wait, told as begun. */
const RUNS_AT_ONCE = 8;

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

/**
 * The use cases over the ports. What is begun works to its end with what `current` gives at its beginning: a configuration may be
 * another one by then. Journal, workflows, chats, clock and log are always those of the start.
 */
export function createApplication(current: () => Deps): RunningApplication {
  const deps = current();
  const recorder = createRecorder({ ...deps, redact: (text) => current().redact(text) });
  const publisher = createPublisher(deps, recorder);
  defineWorkflows(current, recorder);
  const life = deps.clock.lifetime();
  const targets = rememberTargets(current, life.signal);
  const checks = createImageChecks(current, life.signal);
  const resumption = createResumption(deps, recorder, life.signal);
  const handle = async (intent: Intent) => {
    const desk: Desk = { deps: current(), recorder, checks, signal: life.signal };
    return redactDeep(await handleIntent(desk, intent), desk.deps.redact);
  };
  const inbox = createInbox(deps, handle, resumption.afterFailure, life.signal);
  let unwatch: (() => void) | null = null;

  return {
    handle: inbox.take,
    async thread(run) {
      const state = await recorder.state(run);
      return state && threadOf(state, permalinkOf(deps.publicUrl, run));
    },
    state: (run) => recorder.state(run),
    events: (run) => deps.journal.read(run),
    transcript: (run, format) => makeTranscript(current(), run, format, life.signal),
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
      unwatch = recorder.watch((run) => {
        resumption.changed(run);
        publisher.changed(run);
      });
      await deps.workflows.launch();
      await resumption.begin();
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

function defineWorkflows(current: () => Deps, recorder: Recorder): void {
  const { workflows } = current();
  const gate = createGate(RUNS_AT_ONCE);
  workflows.define(INVESTIGATE, async (context, input) => {
    const deps = current();
    const { run } = input as { run: string };
    await gate.enter();
    try {
      await diagnose(deps, recorder, context, run);
    } catch (error) {
      // Without the store it goes on when that is back, from where it was.
      if (context.signal.aborted || error instanceof StoreError) throw error;
      deps.log.error({ run, error: describeError(error) }, 'a diagnosis broke down');
      await recorder.record(run, {
        key: 'failed',
        fact: {
          type: 'failed',
          message: 'execfmt broke down in the middle; the log says why. Nothing was changed anywhere.',
        },
      });
    } finally {
      gate.leave();
    }
    await recorder.close(run);
    await startSharing(deps, recorder, run, null);
  });
  workflows.define(CARRY_OUT, async (context, input) => {
    const deps = current();
    const { run, plan } = input as { run: string; plan: string };
    await carryOut(deps, recorder, context, run);
    const action = (await recorder.state(run))?.actions.find((one) => one.plan.id === plan);
    if (action?.finished?.outcome === 'succeeded' && action.plan.kind !== 'rebuild')
      await deps.workflows.start(FOLLOW, `${FOLLOW}:${plan}`, { run, plan });
    else await startSharing(deps, recorder, run, plan);
  });
  workflows.define(EXPIRE, async (context, input) => {
    const deps = current();
    const { run, plan } = input as { run: string; plan: string };
    await expirePlan(deps, recorder, context, run, plan);
    const action = (await recorder.state(run))?.actions.find((one) => one.plan.id === plan);
    // What was started is shared when it has ended.
    if (action && !action.started) await startSharing(deps, recorder, run, plan);
  });
  workflows.define(FOLLOW, async (context, input) => {
    const deps = current();
    const { run, plan } = input as { run: string; plan: string };
    await followRecovery(deps, recorder, context, run, plan);
    await startSharing(deps, recorder, run, plan);
  });
  workflows.define(SHARE, async (context, input) => {
    const deps = current();
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
