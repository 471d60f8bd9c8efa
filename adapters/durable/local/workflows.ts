import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import { StoreError } from '../../../src/ports/store-error.ts';
import type { WorkflowBody, Workflows } from '../../../src/ports/workflows.ts';
import { guardStore } from './guard-store.ts';
import { openWorkflowDatabase } from './open-database.ts';
import { newOwner } from './owner.ts';
import { contextOf, GoesNoFurther } from './run-step.ts';
import type { StoredWorkflow, WorkflowStore } from './workflow-store.ts';
import { prepareWorkflowStore } from './workflow-store.ts';

const HEARTBEAT_MS = 4_000;
/** How long `stop` waits for bodies that do not heed their signal. */
const STOP_MS = 10_000;
/** How often `finished` looks for the end of a workflow that runs in another process. */
const POLL_MS = 250;

/** What the engine needs: the file that it shares with other processes of this machine (or `:memory:`), time, the log. */
export interface LocalWorkflowsOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Durable work in a file of SQLite, for one process or several on one machine. `stop` closes its connection. */
export function createLocalWorkflows({ path, clock, log }: LocalWorkflowsOptions): Workflows {
  const database = openWorkflowDatabase(path);
  const store = guardStore(prepareWorkflowStore(database, newOwner()), path);
  const bodies = new Map<string, WorkflowBody>();
  const running = new Map<string, Running>();
  /** Ours, but the store failed in their middle: they go on at the next heartbeat that it takes. */
  const held = new Map<string, StoredWorkflow>();
  const unknown = new Set<string>();
  const stopping = new AbortController();
  let beating: Promise<void> | null = null;
  let launched = false;
  let stopped: Promise<void> | null = null;

  const run = (workflow: StoredWorkflow, body: WorkflowBody, resumed: boolean) => {
    const controller = new AbortController();
    const ended = runBody(workflow, body, resumed, controller.signal, store, log).then((end) => {
      running.delete(workflow.id);
      if (end === 'held') held.set(workflow.id, workflow);
    });
    running.set(workflow.id, { controller, ended });
    beating ??= heartbeat();
  };

  const canRun = (id: string, name: string) => {
    if (bodies.has(name)) return !running.has(id);
    if (!unknown.has(id)) log.error({ workflow: id, name }, 'an unfinished workflow has no body in this program');
    unknown.add(id);
    return false;
  };

  const resume = (): string[] => {
    const taken = store.takeOver(clock.now(), clock.monotonic(), canRun);
    for (const workflow of taken) {
      const body = bodies.get(workflow.name);
      if (body) run(workflow, body, true);
    }
    return taken.map(({ id }) => id);
  };

  const heartbeat = async () => {
    while (!stopping.signal.aborted) {
      try {
        await clock.sleep(HEARTBEAT_MS, stopping.signal);
      } catch {
        return;
      }
      try {
        const mine = store.beat(clock.now());
        for (const [id, { controller }] of running) if (!mine.has(id)) controller.abort(new GoesNoFurther(id));
        for (const workflow of held.values()) {
          held.delete(workflow.id);
          const body = bodies.get(workflow.name);
          if (body && mine.has(workflow.id)) run(workflow, body, true);
        }
        if (launched) resume();
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'the heartbeat of the workflows could not be written; it is tried again');
      }
    }
  };

  const stop = async () => {
    stopping.abort(new Error('The process stops'));
    for (const { controller } of running.values()) controller.abort(stopping.signal.reason);
    const bound = new AbortController();
    const all = Promise.all([...running.values()].map(({ ended }) => ended)).then(() => bound.abort());
    await Promise.race([all, clock.sleep(STOP_MS, bound.signal).catch(() => undefined)]);
    for (const id of running.keys())
      log.warn({ workflow: id }, 'a workflow did not heed its signal; it is left as it is');
    await beating;
    database.close();
  };

  return {
    define: (name, body) => {
      if (bodies.has(name)) throw new Error(`A workflow named ${name} is defined already`);
      bodies.set(name, body);
    },
    start: async (name, id, input, lock) => {
      stopping.signal.throwIfAborted();
      const body = bodies.get(name);
      if (!body) throw new Error(`No workflow named ${name} is defined`);
      const workflow = { id, name, input: JSON.parse(JSON.stringify(input ?? null)) as unknown };
      const answer = store.add({ ...workflow, lock: lock ?? null }, clock.now());
      if (answer === 'started') run(workflow, body, false);
      return answer;
    },
    finished: async (id) => {
      for (;;) {
        stopping.signal.throwIfAborted();
        const state = store.state(id);
        if (state === null) throw new Error(`There is no workflow ${id}`);
        if (state !== 'unfinished') return state;
        await (running.get(id)?.ended ?? clock.sleep(POLL_MS, stopping.signal));
      }
    },
    launch: async () => {
      stopping.signal.throwIfAborted();
      launched = true;
      beating ??= heartbeat();
      return resume();
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Runs one body to its end and records it; `held` when the store did not take that. Never rejects. */
async function runBody(
  workflow: StoredWorkflow,
  body: WorkflowBody,
  resumed: boolean,
  signal: AbortSignal,
  store: WorkflowStore,
  log: Log,
): Promise<'ended' | 'held'> {
  const fields = { workflow: workflow.id, name: workflow.name, ...runOf(workflow.input) };
  // The one who started it goes on first.
  await null;
  try {
    const state = await outcomeOf(() => body(contextOf(workflow, resumed, signal, store), workflow.input));
    if (state.kind === 'failed' && (signal.aborted || state.error instanceof GoesNoFurther)) {
      log.info(fields, 'a workflow was interrupted; it goes on in the next process');
      store.release(workflow.id);
      return 'ended';
    }
    if (state.kind === 'failed' && state.error instanceof StoreError) throw state.error;
    if (state.kind === 'failed')
      log.error({ ...fields, error: messageOf(state.error), stack: stackOf(state.error) }, 'a workflow failed');
    if (!store.end(workflow.id, state.kind)) log.warn(fields, 'a workflow ended that another process has taken over');
    return 'ended';
  } catch (error) {
    log.error(
      { ...fields, error: messageOf(error) },
      'a workflow could not be recorded; it goes on when the store works',
    );
    return 'held';
  }
}

/** The run that it is for, where its input names one, for the log. */
function runOf(input: unknown): { readonly run?: string } {
  const named = typeof input === 'object' && input !== null && 'run' in input ? input.run : null;
  return typeof named === 'string' ? { run: named } : {};
}

async function outcomeOf(work: () => Promise<void>): Promise<{ kind: 'done' } | { kind: 'failed'; error: unknown }> {
  try {
    await work();
    return { kind: 'done' };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function stackOf(error: unknown): string | null {
  return error instanceof Error ? (error.stack ?? null) : null;
}
