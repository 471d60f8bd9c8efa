import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import type { Journal } from '../../../src/ports/journal.ts';
import type { Log } from '../../../src/ports/log.ts';
import { createDeliveries } from './deliveries.ts';
import { createInbox } from './inbox.ts';
import { migrateJournal } from './migrate.ts';
import { openPool, placeOf } from './open-pool.ts';
import { createPatience } from './patience.ts';
import { createRuns } from './runs.ts';
import { asStoreError } from './store-error.ts';
import { SCHEMA, type Tables } from './tables.ts';
import { createWatcher } from './watch-changes.ts';

/** `url`: postgres://…; a password that it does not name comes from PGPASSWORD or PGPASSFILE. */
export interface PostgresJournalOptions {
  readonly url: string;
  readonly log: Log;
}

/**
 * The journal in a PostgreSQL database, which any number of processes share; its tables are made or brought up to date first.
 * Rejects with StoreError at once when the store cannot be used, and later when it was gone for longer than a minute.
 */
export async function openPostgresJournal({ url, log }: PostgresJournalOptions): Promise<Journal> {
  const place = placeOf(url);
  const name = randomUUID();
  const stopped = new AbortController();
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: openPool(url, log) }) });
  try {
    await migrateJournal(database);
  } catch (error) {
    await database.destroy();
    throw asStoreError(error, place);
  }
  const db = database.withSchema(SCHEMA);
  const patient = createPatience(place, log, stopped.signal);
  const watcher = createWatcher({ url, db, log, writer: name });
  let ended: Promise<void> | null = null;
  const stop = async () => {
    stopped.abort();
    await watcher.stop();
    await database.destroy();
  };
  return {
    ...createRuns(db, patient, name),
    ...createDeliveries(db, patient, name),
    ...createInbox(db, patient),
    watch: watcher.watch,
    stop: () => {
      ended ??= stop();
      return ended;
    },
  };
}
