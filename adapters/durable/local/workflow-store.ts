import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../sqlite/transaction.ts';
import { isOwnerGone, type Owner } from './owner.ts';

/**
 * An owner that was silent for longer, in milliseconds, has lost what it ran. How long it is silent is measured here, between two looks, by the
 * clock that never goes back: what it wrote by its own clock is only compared, for clocks jump.
 */
const LEASE_MS = 15_000;
/** Workflows of others whose signs of life are remembered; the oldest go. */
const REMEMBERED = 10_000;

/** A workflow as it is recorded. */
export interface StoredWorkflow {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What a new workflow is recorded with. */
export interface NewWorkflow extends StoredWorkflow {
  readonly lock: string | null;
}

/** The engine's tables. Whatever a workflow writes, it writes only while it is its owner's. */
export interface WorkflowStore {
  add(workflow: NewWorkflow, at: Date): 'started' | 'exists' | 'locked';
  state(id: string): 'unfinished' | 'done' | 'failed' | null;
  /** Makes the unfinished ones that nobody runs any more this owner's, if it can run them, and gives them. */
  takeOver(at: Date, monotonic: number, canRun: (id: string, name: string) => boolean): readonly StoredWorkflow[];
  /** Extends the lease on all that this owner runs, and gives their ids. */
  beat(at: Date): ReadonlySet<string>;
  isMine(id: string): boolean;
  /** Null: not remembered. */
  remembered(id: string, step: string): { readonly result: unknown } | null;
  /** False when another owner has it now. */
  remember(id: string, step: string, result: unknown): boolean;
  end(id: string, state: 'done' | 'failed'): boolean;
  /** Leaves it unfinished, for the next process to take at once. */
  release(id: string): void;
}

/** Prepares the statements once, for one owner. */
export function prepareWorkflowStore(database: DatabaseSync, me: Owner): WorkflowStore {
  const insert = database.prepare(
    `INSERT INTO workflows (id, name, input, lock, state, started_at, owner, owner_machine, owner_pid, heartbeat_at)
     VALUES (?, ?, ?, ?, 'unfinished', ?, ?, ?, ?, ?)`,
  );
  const selectState = database.prepare('SELECT state FROM workflows WHERE id = ?');
  const selectLocked = database.prepare("SELECT id FROM workflows WHERE lock = ? AND state = 'unfinished'");
  const selectMine = database.prepare("SELECT id FROM workflows WHERE id = ? AND owner = ? AND state = 'unfinished'");
  const selectStep = database.prepare('SELECT result FROM steps WHERE workflow = ? AND name = ?');
  const insertStep = database.prepare('INSERT INTO steps (workflow, name, result) VALUES (?, ?, ?)');
  const deleteSteps = database.prepare('DELETE FROM steps WHERE workflow = ?');
  const updateState = database.prepare('UPDATE workflows SET state = ?, owner = NULL WHERE id = ?');
  const releaseOne = database.prepare('UPDATE workflows SET owner = NULL WHERE id = ? AND owner = ?');
  const isMine = (id: string) => selectMine.get(id, me.id) !== undefined;
  const ifMine = (id: string, work: () => void) =>
    inTransaction(database, () => {
      if (!isMine(id)) return false;
      work();
      return true;
    });

  return {
    ...prepareLeases(database, me),
    isMine,
    add: ({ id, name, input, lock }, at) =>
      inTransaction(database, () => {
        if (selectState.get(id)) return 'exists';
        if (lock !== null && selectLocked.get(lock)) return 'locked';
        const started = at.toISOString();
        insert.run(id, name, toJson(input) ?? 'null', lock, started, me.id, me.machine, me.pid, at.getTime());
        return 'started';
      }),
    state: (id) => {
      const state = selectState.get(id)?.state;
      return state === 'unfinished' || state === 'done' || state === 'failed' ? state : null;
    },
    remembered: (id, step) => {
      const row = selectStep.get(id, step);
      return row ? { result: row.result === null ? undefined : JSON.parse(String(row.result)) } : null;
    },
    remember: (id, step, result) => ifMine(id, () => insertStep.run(id, step, toJson(result))),
    end: (id, state) =>
      ifMine(id, () => {
        updateState.run(state, id);
        deleteSteps.run(id);
      }),
    release: (id) => {
      releaseOne.run(id, me.id);
    },
  };
}

function prepareLeases(database: DatabaseSync, me: Owner): Pick<WorkflowStore, 'takeOver' | 'beat'> {
  const selectUnfinished = database.prepare(
    "SELECT * FROM workflows WHERE state = 'unfinished' AND owner IS NOT ? ORDER BY started_at, id",
  );
  const take = database.prepare(
    'UPDATE workflows SET owner = ?, owner_machine = ?, owner_pid = ?, heartbeat_at = ? WHERE id = ?',
  );
  const beat = database.prepare(
    "UPDATE workflows SET heartbeat_at = ? WHERE owner = ? AND state = 'unfinished' RETURNING id",
  );
  const isSilent = createSilence();
  return {
    takeOver: (at, monotonic, canRun) =>
      inTransaction(database, () => {
        const orphans = selectUnfinished
          .all(me.id)
          .filter((row) => {
            const owner = { id: String(row.owner), machine: String(row.owner_machine), pid: Number(row.owner_pid) };
            const silent = isSilent(String(row.id), `${owner.id} ${row.heartbeat_at}`, monotonic);
            return row.owner === null || silent || isOwnerGone(owner);
          })
          .filter((row) => canRun(String(row.id), String(row.name)));
        for (const row of orphans) take.run(me.id, me.machine, me.pid, at.getTime(), String(row.id));
        return orphans.map((row) => ({
          id: String(row.id),
          name: String(row.name),
          input: JSON.parse(String(row.input)),
        }));
      }),
    beat: (at) => new Set(beat.all(at.getTime(), me.id).map((row) => String(row.id))),
  };
}

/** Whether the owner of a workflow, by its last sign of life, has been silent for the whole lease as seen from here. */
function createSilence(): (id: string, sign: string, monotonic: number) => boolean {
  const seen = new Map<string, { readonly sign: string; readonly since: number }>();
  return (id, sign, monotonic) => {
    const last = seen.get(id);
    if (last?.sign === sign) return monotonic - last.since >= LEASE_MS;
    seen.set(id, { sign, since: monotonic });
    if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value ?? '');
    return false;
  };
}

/** JSON as SQLite keeps it; null for what JSON has no word for (a step without a result). */
function toJson(value: unknown): string | null {
  return JSON.stringify(value) ?? null;
}
