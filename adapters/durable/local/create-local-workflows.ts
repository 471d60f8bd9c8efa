import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { WorkflowBody, WorkflowContext, Workflows } from '../../../src/ports/workflows.ts';
import { becomeOwner, ceaseOwner, mayLive } from './owner.ts';
import { openWorkflowTable, type WorkflowRow } from './workflow-table.ts';

export interface LocalWorkflowsOptions {
  /** The SQLite file, or `:memory:`. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** An owner that has not been heard of for this long is gone. */
const LEASE_MS = 15_000;
const BEAT_MS = 3_000;
/** How long a stop waits for what runs. */
const STOP_MS = 10_000;
const POLL_MS = 250;

/** The embedded workflow engine: one process at a time works on each workflow of a SQLite file. */
export function createLocalWorkflows({ path, clock, log }: LocalWorkflowsOptions): Workflows {
  const table = openWorkflowTable(path);
  const owner = becomeOwner();
  const bodies = new Map<string, WorkflowBody>();
  const running = new Map<string, Promise<void>>();
  const life = new AbortController();
  const now = () => clock.now().getTime();
  const beating = setInterval(() => {
    table.beat(owner, now());
    takeOver();
  }, BEAT_MS);
  beating.unref();
  let launched = false;

  function begin(row: WorkflowRow, resumed: boolean): void {
    const body = bodies.get(row.name);
    if (!body) {
      log.error({ workflow: row.id, name: row.name }, 'no such workflow is defined; it stays unfinished');
      return;
    }
    running.set(
      row.id,
      work(row, body, resumed).finally(() => running.delete(row.id)),
    );
  }

  async function work({ id, input }: WorkflowRow, body: WorkflowBody, resumed: boolean): Promise<void> {
    const context: WorkflowContext = { id, resumed, signal: life.signal, step: (name, deed) => stepOf(id, name, deed) };
    try {
      await body(context, JSON.parse(input));
      table.end(id, 'done');
    } catch (error) {
      if (life.signal.aborted) return;
      log.error(
        { workflow: id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        'a workflow failed',
      );
      table.end(id, 'failed');
    }
  }

  async function stepOf<T>(workflow: string, name: string, deed: () => Promise<T>): Promise<T> {
    const remembered = table.step(workflow, name);
    if (remembered) return JSON.parse(remembered.result) as T;
    life.signal.throwIfAborted();
    const result = await deed();
    table.remember(workflow, name, JSON.stringify(result ?? null));
    return result;
  }

  /** Takes on what no living process holds: another one died, or stopped before it was done. */
  function takeOver(): readonly string[] {
    if (!launched || life.signal.aborted) return [];
    const taken: string[] = [];
    for (const row of table.unfinished()) {
      if (running.has(row.id)) continue;
      const gone = !mayLive(table.ownerOf(row.id));
      if (!table.take(row.id, owner, now(), gone ? Number.MAX_SAFE_INTEGER : now() - LEASE_MS)) continue;
      begin(row, true);
      taken.push(row.id);
    }
    return taken;
  }

  return {
    define: (name, body) => void bodies.set(name, body),
    async start(name, id, input, lock) {
      const row = { id, name, input: JSON.stringify(input ?? null), lock: lock ?? null, owner, now: now() };
      const started = table.insert(row);
      if (started === 'started') begin({ ...row, state: 'unfinished' }, false);
      return started;
    },
    async finished(id) {
      for (;;) {
        await running.get(id);
        const state = table.find(id)?.state;
        if (state === 'done' || state === 'failed') return state;
        await clock.sleep(POLL_MS, life.signal);
      }
    },
    async launch() {
      launched = true;
      return takeOver();
    },
    async stop() {
      if (life.signal.aborted) return;
      clearInterval(beating);
      life.abort();
      const enough = clock.lifetime();
      const waiting = clock.sleep(STOP_MS, enough.signal).catch(() => undefined);
      await Promise.race([Promise.allSettled(running.values()), waiting]);
      enough.end();
      table.release(owner);
      ceaseOwner(owner);
      table.close();
    },
  };
}
