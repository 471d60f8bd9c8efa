import type pg from 'pg';

/** The schema of DBOS's tables, beside the journal's. */
export const SCHEMA = 'execfmt_workflows';

/** The first half of the advisory locks by which executors are known to live; the second is the hash of their id. */
export const LOCK_CLASS = 7_259_002;

/**
 * What is read of DBOS's table of workflows, and the one change that is made to it: a running one goes back into the queue as
 * DBOS's own recovery does it (reenqueueWorkflowsForRecovery of 5.3.0), with its lock and with its owner's token taken away, so
 * that the old owner can write nothing more. DBOS's public resumeWorkflows would drop the lock (deduplication_id).
 */
export interface Rows {
  state(id: string): Promise<'unfinished' | 'done' | 'failed' | null>;
  /** What waits in the queue although somebody began it. */
  left(): Promise<readonly string[]>;
  /** What this executor runs. */
  runningOf(executor: string): Promise<readonly string[]>;
  /** Executors that have running workflows but do not hold their advisory lock. */
  silent(except: string): Promise<readonly string[]>;
  /** Back into the queue with all that a silent executor ran; none if it holds its lock again. Gives their ids. */
  takeFrom(executor: string): Promise<readonly string[]>;
  /** Back into the queue with these of an executor's own. */
  handBack(executor: string, ids: readonly string[]): Promise<void>;
}

const TABLE = `"${SCHEMA}".workflow_status`;
const BACK = "status = 'ENQUEUED', owner_xid = NULL, started_at_epoch_ms = NULL";

/** pg_locks shows the two halves of an advisory lock as unsigned numbers. */
const holdsLock = (executor: string) => `EXISTS (
  SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid = ${LOCK_CLASS}::oid
    AND objid = (hashtext(${executor})::bigint & 4294967295)::oid
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;

export function createRows(pool: pg.Pool): Rows {
  const idsOf = async (text: string, values: readonly unknown[]) =>
    (await pool.query<{ id: string }>(text, [...values])).rows.map(({ id }) => id);
  return {
    async state(id) {
      const { rows } = await pool.query<{ status: string }>(`SELECT status FROM ${TABLE} WHERE workflow_uuid = $1`, [
        id,
      ]);
      const status = rows[0]?.status;
      if (status === undefined) return null;
      if (status === 'SUCCESS') return 'done';
      return ['ENQUEUED', 'PENDING', 'DELAYED'].includes(status) ? 'unfinished' : 'failed';
    },
    left: () =>
      idsOf(
        `SELECT workflow_uuid AS id FROM ${TABLE} WHERE status = 'ENQUEUED' AND recovery_attempts > 0 ORDER BY created_at`,
        [],
      ),
    runningOf: (executor) =>
      idsOf(`SELECT workflow_uuid AS id FROM ${TABLE} WHERE status = 'PENDING' AND executor_id = $1`, [executor]),
    silent: (except) =>
      idsOf(
        `SELECT DISTINCT executor_id AS id FROM ${TABLE}
         WHERE status = 'PENDING' AND executor_id <> $1 AND NOT ${holdsLock('executor_id')}`,
        [except],
      ),
    takeFrom: (executor) =>
      idsOf(
        `UPDATE ${TABLE} SET ${BACK} WHERE status = 'PENDING' AND executor_id = $1 AND NOT ${holdsLock('executor_id')}
         RETURNING workflow_uuid AS id`,
        [executor],
      ),
    async handBack(executor, ids) {
      if (ids.length === 0) return;
      await pool.query(
        `UPDATE ${TABLE} SET ${BACK} WHERE status = 'PENDING' AND executor_id = $1 AND workflow_uuid = ANY($2)`,
        [executor, ids],
      );
    },
  };
}
