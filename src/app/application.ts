import { estateOf } from '../playbook/place.ts';
import type { Application, Intent, IntentReply } from '../ports/application.ts';
import type { WorkflowContext } from '../ports/workflows.ts';
import { isPending, type RunState } from '../run/run-state.ts';
import { privateCard } from '../view/private-card.ts';
import { isSettled, threadOf } from '../view/thread.ts';
import { CARRY_OUT, startAction } from './approve.ts';
import { carryOut } from './carry-out.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { EXPIRE, expirePlan } from './expire-plan.ts';
import { FOLLOW, followRecovery } from './follow-recovery.ts';
import { handleIntent } from './handle-intent.ts';
import { investigate } from './investigate.ts';
import { locate } from './locate.ts';
import { INVESTIGATE } from './open-run.ts';
import { createPublisher } from './publish-thread.ts';
import { createRecorder, type Recorder, redactAll } from './recorder.ts';
import { rememberTargets } from './remember-targets.ts';

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
  let unwatch: (() => void) | null = null;

  return {
    async handle(intent) {
      try {
        if (!(await deps.journal.claim(`delivery:${intent.conversation.chat}:${intent.delivery}`, deps.clock.now())))
          return { kind: 'nothing' };
        return redactAll(await handleIntent(deps, recorder, intent, life.signal), deps.redact);
      } catch (error) {
        return brokenDown(deps, intent, error);
      }
    },
    async thread(run) {
      const state = await recorder.state(run);
      return state && threadOf(state);
    },
    state: (run) => recorder.state(run),
    events: (run) => deps.journal.read(run),
    runs: (limit) => deps.journal.list(limit),
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
      await publisher.catchUp();
    },
    async stop() {
      unwatch?.();
      life.end();
      await deps.workflows.stop();
      await publisher.stop();
    },
  };
}

function brokenDown(deps: Deps, intent: Intent, error: unknown): IntentReply {
  deps.log.error({ chat: intent.conversation.chat, error: describeError(error) }, 'an intent could not be handled');
  return {
    kind: 'private',
    card: privateCard(
      'Something broke',
      'execfmt could not handle this; the log says why. Try again, and tell its operator.',
    ),
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
  });
  deps.workflows.define(CARRY_OUT, async (context, input) => {
    const { run, plan } = input as { run: string; plan: string };
    await carryOut(deps, recorder, context, run);
    const action = (await recorder.state(run))?.actions.find((one) => one.plan.id === plan);
    if (action?.finished?.outcome === 'succeeded')
      await deps.workflows.start(FOLLOW, `${FOLLOW}:${plan}`, { run, plan });
  });
  deps.workflows.define(EXPIRE, async (context, input) => {
    const { run, plan } = input as { run: string; plan: string };
    await expirePlan(deps, recorder, context, run, plan);
  });
  deps.workflows.define(FOLLOW, async (context, input) => {
    const { run, plan } = input as { run: string; plan: string };
    await followRecovery(deps, recorder, context, run, plan);
  });
}

async function diagnose(deps: Deps, recorder: Recorder, context: WorkflowContext, run: string): Promise<void> {
  const state = await recorder.state(run);
  if (!state) return;
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
      if (isPending(action) && action.approvedBy.length >= action.approvals.required)
        await startAction(deps, recorder, action);
    }
  }
}
