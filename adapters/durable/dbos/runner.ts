import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { WorkflowBody } from '../../../src/ports/workflows.ts';
import type { Connection, Sdk } from './connect.ts';
import { GoesNoFurther, openContext } from './steps.ts';

/** How long `stop` waits for bodies that do not heed their signal, and for DBOS to write down the others. Milliseconds. */
const STOP_MS = 10_000;
const RECORD_MS = 5_000;
const POLL_MS = 50;
/** A workflow that this program has no body for goes back into the queue so late, as it may come right back. Milliseconds. */
const UNKNOWN_MS = 3_000;

/** Runs the bodies that DBOS gives to this process. */
export interface Runner {
  /** What DBOS calls; its end is the workflow's end, so one that is broken off ends only once it is given back. */
  run(id: string, name: string, input: string): Promise<string>;
  /** What runs here now. */
  ids(): readonly string[];
  /** Breaks these off, if they still run. */
  breakOff(ids: readonly string[]): void;
  /** Gives back what was broken off. */
  handBack(connection: Connection): Promise<void>;
  /** Gives back all that DBOS counts as this replica's, but for bodies that are still at it. */
  handBackAll(connection: Connection): Promise<void>;
  /** Breaks off all and waits for it. */
  stop(): Promise<void>;
}

export interface RunnerOptions {
  readonly executor: string;
  readonly bodies: ReadonlyMap<string, WorkflowBody>;
  readonly clock: Clock;
  readonly log: Log;
  readonly loaded: () => Promise<Sdk>;
  readonly connected: () => Promise<Connection>;
  readonly stopping: AbortSignal;
}

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export function createRunner(options: RunnerOptions): Runner {
  const { executor, bodies, clock, log, loaded, connected, stopping } = options;
  const running = new Map<string, Running>();
  const brokenOff = new Map<string, PromiseWithResolvers<void>>();
  const unknown = new Set<string>();

  /** Rejects once the workflow is given back; while the process stops it stays open, as the connection ends before. */
  const giveBack = async (id: string): Promise<never> => {
    const given = brokenOff.get(id) ?? Promise.withResolvers<void>();
    brokenOff.set(id, given);
    await given.promise;
    throw new GoesNoFurther(id);
  };

  const runBody = async (body: WorkflowBody, id: string, name: string, input: string, signal: AbortSignal) => {
    const [sdk, { client }] = [await loaded(), await connected()];
    try {
      const context = await openContext(sdk, client, id, signal);
      await body(context, JSON.parse(input));
      return 'done';
    } catch (error) {
      // Another replica has it: DBOS knows what to do with its own error.
      if (error instanceof sdk.DBOSWorkflowConflictError) throw error;
      if (signal.aborted || error instanceof GoesNoFurther) return 'broken off';
      const stack = error instanceof Error ? (error.stack ?? null) : null;
      log.error({ workflow: id, name, error: messageOf(error), stack }, 'a workflow failed');
      // What the error says may be secret; the log is redacted, DBOS's table is not.
      throw new Error('The body failed; the log says why');
    }
  };

  const withoutBody = async (id: string, name: string): Promise<never> => {
    if (!unknown.has(id)) log.error({ workflow: id, name }, 'an unfinished workflow has no body in this program');
    unknown.add(id);
    await clock.sleep(UNKNOWN_MS, stopping).catch(() => undefined);
    return giveBack(id);
  };

  return {
    async run(id, name, input) {
      if (stopping.aborted) return giveBack(id);
      const body = bodies.get(name);
      if (!body) return withoutBody(id, name);
      const controller = new AbortController();
      const ended = Promise.withResolvers<void>();
      running.set(id, { controller, ended: ended.promise });
      let end: 'done' | 'broken off';
      try {
        end = await runBody(body, id, name, input, controller.signal);
      } finally {
        running.delete(id);
        ended.resolve();
      }
      if (end === 'done') return end;
      log.info({ workflow: id, name }, 'a workflow was interrupted; it goes on in the next process');
      return giveBack(id);
    },
    ids: () => [...running.keys()],
    breakOff(ids) {
      for (const id of ids) running.get(id)?.controller.abort(new GoesNoFurther(id));
    },
    async handBack({ rows }) {
      const given = [...brokenOff];
      if (given.length === 0) return;
      await rows.handBack(
        executor,
        given.map(([id]) => id),
      );
      for (const [id, { resolve }] of given) {
        brokenOff.delete(id);
        resolve();
      }
    },
    async handBackAll({ rows }) {
      const owned = await rows.runningOf(executor);
      await rows.handBack(
        executor,
        owned.filter((id) => !running.has(id)),
      );
    },
    async stop() {
      for (const { controller } of running.values()) controller.abort(stopping.reason);
      const bound = new AbortController();
      const all = Promise.all([...running.values()].map(({ ended }) => ended)).then(() => bound.abort());
      await Promise.race([all, clock.sleep(STOP_MS, bound.signal).catch(() => undefined)]);
      for (const id of running.keys())
        log.warn({ workflow: id }, 'a workflow did not heed its signal; it is left as it is');
      await untilRecorded();
    },
  };

  /** A body that came to its end although the process stops is written down by DBOS in its own time. */
  async function untilRecorded(): Promise<void> {
    const end = clock.monotonic() + RECORD_MS;
    const open = async () =>
      (await (await connected()).rows.runningOf(executor)).filter((id) => !running.has(id) && !brokenOff.has(id));
    while (clock.monotonic() < end) {
      const left = await open().catch(() => []);
      if (left.length === 0) return;
      await clock.sleep(POLL_MS);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
