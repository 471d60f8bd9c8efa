import { randomUUID } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Journal, RunListing } from '../../../src/ports/journal.ts';
import type { EventDraft, RunEvent } from '../../../src/run/events.ts';
import type { Patience } from './patience.ts';
import type { Tables } from './tables.ts';

/** The channel on which a change is told to the other processes, as `<who> <run>`. */
export const CHANNEL = 'execfmt_runs';

/** The journal's runs and their events, each call one transaction. */
export type Runs = Pick<Journal, 'open' | 'close' | 'append' | 'read'> & {
  /** Newest first; `matching`: only those with this text in their id or target, in whatever case. */
  list(limit: number, matching?: string): Promise<readonly RunListing[]>;
};

/** `writer` is this process's name, told with each change. */
export function createRuns(db: Kysely<Tables>, patient: Patience, writer: string): Runs {
  const inTransaction = <T>(work: (trx: Transaction<Tables>) => Promise<T>) =>
    patient(() => db.transaction().execute(work));

  const tell = (trx: Transaction<Tables>, run: string) =>
    sql`SELECT pg_notify(${CHANNEL}, ${`${writer} ${run}`})`.execute(trx);

  return {
    open: (run, target, first, at) => {
      const call = randomUUID();
      return inTransaction(async (trx) => {
        // A run that is closed between the two statements makes room: the second round opens.
        for (;;) {
          const added = await trx
            .insertInto(`runs`)
            .values({ run, target, opened_at: at, is_open: true, last_seq: 0 })
            .onConflict((conflict) => conflict.column('target').where('is_open', '=', true).doNothing())
            .returning('run')
            .executeTakeFirst();
          if (added) {
            await add(trx, run, 0, [first], at, call);
            await tell(trx, run);
            return { run, opened: true };
          }
          const open = await trx
            .selectFrom('runs')
            .leftJoin('events', (join) => join.onRef('events.run', '=', 'runs.run').on('events.seq', '=', 1))
            .select(['runs.run', 'events.call'])
            .where('target', '=', target)
            .where('is_open', '=', true)
            .executeTakeFirst();
          if (open) return { run: open.run, opened: open.call === call };
        }
      });
    },
    close: (run) =>
      inTransaction(async (trx) => {
        await trx.updateTable('runs').set({ is_open: false, changed_at: now() }).where('run', '=', run).execute();
        await tell(trx, run);
      }),
    append: (run, drafts, at) => {
      const call = randomUUID();
      return inTransaction(async (trx) => {
        // The row's lock puts writers in turn: sequence numbers have no gaps.
        const row = await trx
          .selectFrom('runs')
          .select('last_seq')
          .where('run', '=', run)
          .forUpdate()
          .executeTakeFirst();
        if (!row) throw new UnknownRun(run);
        const added = await add(trx, run, row.last_seq, drafts, at, call);
        if (added.length > 0) await tell(trx, run);
        return added;
      });
    },
    read: (run) =>
      patient(async () => {
        const rows = await db.selectFrom('events').selectAll().where('run', '=', run).orderBy('seq').execute();
        return rows.map(({ seq, key, at, fact }) => ({ run, seq, key, at: at.toISOString(), fact }));
      }),
    list: (limit, matching) =>
      patient(async () => {
        const newest = db.selectFrom('runs').select(['run', 'target', 'opened_at']);
        const asked = matching
          ? newest.where((where) => where.or([contains('run', matching), contains('target', matching)]))
          : newest;
        const rows = await asked.orderBy('opened_at', 'desc').orderBy('number', 'desc').limit(limit).execute();
        return rows.map(({ run, target, opened_at }) => ({ run, target, openedAt: opened_at.toISOString() }));
      }),
  };
}

/** A defect of the caller; by its class it is told apart from an error of the connection. */
class UnknownRun extends Error {
  constructor(run: string) {
    super(`There is no run ${run} to append to`);
    this.name = 'UnknownRun';
  }
}

const now = () => sql<Date>`clock_timestamp()`;

const contains = (column: 'run' | 'target', text: string) =>
  sql<boolean>`position(lower(${text}) in lower(${sql.ref(column)})) > 0`;

/** Appends what has a new key. A call that is repeated, as its answer was lost, gets what it had added. */
async function add(
  trx: Transaction<Tables>,
  run: string,
  lastSeq: number,
  drafts: readonly EventDraft[],
  at: Date,
  call: string,
): Promise<RunEvent[]> {
  const keys = [...new Set(drafts.map(({ key }) => key))];
  if (keys.length === 0) return [];
  const there = await trx
    .selectFrom('events')
    .select(['seq', 'key', 'at', 'fact', 'call'])
    .where('run', '=', run)
    .where('key', 'in', keys)
    .orderBy('seq')
    .execute();
  const own = there.filter((event) => event.call === call);
  if (own.length > 0) return own.map(({ seq, key, fact }) => ({ run, seq, key, at: at.toISOString(), fact }));
  const known = new Set(there.map(({ key }) => key));
  const fresh = drafts.filter(({ key }) => !known.has(key) && known.add(key));
  if (fresh.length === 0) return [];
  const events = fresh.map(({ key, fact }, index) => ({
    run,
    seq: lastSeq + index + 1,
    key,
    at: at.toISOString(),
    fact,
  }));
  await trx
    .insertInto('events')
    .values(events.map((event) => ({ ...event, at, fact: JSON.stringify(event.fact), call })))
    .execute();
  await trx
    .updateTable('runs')
    .set({ last_seq: lastSeq + events.length, changed_at: now() })
    .where('run', '=', run)
    .execute();
  return events;
}
