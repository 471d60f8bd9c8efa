import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Journal } from '../../../src/ports/journal.ts';
import type { Patience } from './patience.ts';
import type { Tables } from './tables.ts';

const MOST = 100;

/** What came in and is not handled to the end. Old ones are forgotten with the claims. */
export function createInbox(db: Kysely<Tables>, patient: Patience): Pick<Journal, 'receive' | 'handled' | 'unhandled'> {
  return {
    receive: (key, intent, at) => {
      const call = randomUUID();
      return patient(() =>
        db.transaction().execute(async (transaction) => {
          const claimed = await transaction
            .insertInto('claims')
            .values({ key, at, call })
            .onConflict((conflict) => conflict.doNothing())
            .returning('key')
            .executeTakeFirst();
          if (claimed !== undefined) {
            await transaction
              .insertInto('inbox')
              .values({ key, intent: JSON.stringify(intent), at })
              .execute();
            return true;
          }
          // The same call again, whose first answer was lost, finds its own claim; the intent was kept with it.
          const earlier = await transaction
            .selectFrom('claims')
            .select('call')
            .where('key', '=', key)
            .executeTakeFirst();
          return earlier?.call === call;
        }),
      );
    },
    handled: (key) =>
      patient(async () => {
        await db.deleteFrom('inbox').where('key', '=', key).execute();
      }),
    unhandled: (before) =>
      patient(() =>
        db.selectFrom('inbox').selectAll().where('at', '<', before).orderBy('at').orderBy('key').limit(MOST).execute(),
      ),
  };
}
