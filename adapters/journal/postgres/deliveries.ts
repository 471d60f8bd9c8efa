import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Journal } from '../../../src/ports/journal.ts';
import type { Patience } from './patience.ts';
import type { Tables } from './tables.ts';

/** What came in from chats, what was told to them, and who may tell. */
export type Deliveries = Pick<
  Journal,
  'claim' | 'forgetClaims' | 'posted' | 'setPosted' | 'untold' | 'setTold' | 'lease' | 'release'
>;

/** `holder` is this process's name, under which it has its leases. */
export function createDeliveries(db: Kysely<Tables>, patient: Patience, holder: string): Deliveries {
  return {
    claim: (key, at) => {
      const call = randomUUID();
      return patient(async () => {
        // The same call again finds its own claim: its first answer was lost, not its right.
        const claimed = await db
          .insertInto('claims')
          .values({ key, at, call })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ call }).where('claims.call', '=', call))
          .returning('key')
          .executeTakeFirst();
        return claimed !== undefined;
      });
    },
    forgetClaims: (before) =>
      patient(async () => {
        await db.deleteFrom('claims').where('at', '<', before).execute();
        await db.deleteFrom('inbox').where('at', '<', before).execute();
      }),
    posted: (run, chat) =>
      patient(async () => {
        const rows = await db
          .selectFrom('posted')
          .select(['key', 'ref', 'version'])
          .where('run', '=', run)
          .where('chat', '=', chat)
          .execute();
        return new Map(rows.map(({ key, ref, version }) => [key, { ref, version }]));
      }),
    setPosted: (run, chat, key, { ref, version }) =>
      patient(async () => {
        await db
          .insertInto('posted')
          .values({ run, chat, key, ref, version })
          .onConflict((conflict) => conflict.columns(['run', 'chat', 'key']).doUpdateSet({ ref, version }))
          .execute();
      }),
    untold: (chat) =>
      patient(async () => {
        const rows = await db
          .selectFrom('runs')
          .leftJoin('told', (join) => join.onRef('told.run', '=', 'runs.run').on('told.chat', '=', chat))
          .select('runs.run')
          .whereRef(sql`coalesce(told.seq, 0)`, '<', 'runs.last_seq')
          .orderBy('runs.number')
          .execute();
        return rows.map(({ run }) => run);
      }),
    setTold: (run, chat, seq) =>
      patient(async () => {
        await db
          .insertInto('told')
          .values({ run, chat, seq })
          .onConflict((conflict) =>
            conflict.columns(['chat', 'run']).doUpdateSet({ seq: sql`greatest(told.seq, excluded.seq)` }),
          )
          .execute();
      }),
    lease: (name, forMs) =>
      patient(async () => {
        const until = sql<Date>`clock_timestamp() + ${forMs} * interval '1 millisecond'`;
        const taken = await db
          .insertInto('leases')
          .values({ name, holder, until })
          .onConflict((conflict) =>
            conflict
              .column('name')
              .doUpdateSet({ holder, until })
              .where((where) =>
                where.or([
                  where('leases.holder', '=', holder),
                  where('leases.until', '<=', sql<Date>`clock_timestamp()`),
                ]),
              ),
          )
          .returning('name')
          .executeTakeFirst();
        return taken !== undefined;
      }),
    release: (name) =>
      patient(async () => {
        await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
      }),
  };
}
