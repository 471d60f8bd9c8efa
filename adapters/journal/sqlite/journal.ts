import type { DatabaseSync } from 'node:sqlite';
import type { Journal } from '../../../src/ports/journal.ts';
import type { Deliveries } from './deliveries.ts';
import { prepareDeliveries } from './deliveries.ts';
import type { Inbox } from './inbox.ts';
import { prepareInbox } from './inbox.ts';
import type { Leases } from './leases.ts';
import { prepareLeases } from './leases.ts';
import { migrateJournal } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import type { Runs } from './runs.ts';
import { prepareRuns } from './runs.ts';
import { asStoreError } from './store-error.ts';
import { createWatcher } from './watch-changes.ts';

/**
 * The journal in a file of SQLite, which several processes of one machine may share; `:memory:` for one that is forgotten.
 * Throws StoreError at once, and rejects with it later, when the store cannot be used.
 */
export function openSqliteJournal(path: string): Journal {
  const database = openDatabase(path);
  const { runs, deliveries, inbox, leases } = prepare(database, path);
  const watcher = createWatcher(database);
  const call = async <T>(work: () => T): Promise<T> => {
    try {
      return work();
    } catch (error) {
      throw asStoreError(error, path);
    }
  };
  return {
    open: (run, target, first, at) => call(() => runs.open(run, target, first, at)),
    close: (run) => call(() => runs.close(run)),
    append: (run, drafts, at) => call(() => runs.append(run, drafts, at)),
    read: (run) => call(() => runs.read(run)),
    list: (limit, matching) => call(() => runs.list(limit, matching)),
    claim: (key, at) => call(() => deliveries.claim(key, at)),
    forgetClaims: (before) =>
      call(() => {
        deliveries.forgetClaims(before);
        inbox.forget(before);
      }),
    receive: (key, intent, at) => call(() => inbox.receive(key, intent, at)),
    handled: (key) => call(() => inbox.handled(key)),
    unhandled: (before) => call(() => inbox.unhandled(before)),
    posted: (run, chat) => call(() => deliveries.posted(run, chat)),
    setPosted: (run, chat, key, message) => call(() => deliveries.setPosted(run, chat, key, message)),
    untold: (chat) => call(() => deliveries.untold(chat)),
    setTold: (run, chat, seq) => call(() => deliveries.setTold(run, chat, seq)),
    lease: (name, forMs) => call(() => leases.lease(name, forMs)),
    release: (name) => call(() => leases.release(name)),
    watch: watcher.watch,
    stop: async () => {
      watcher.stop();
      if (database.isOpen) database.close();
    },
  };
}

interface Prepared {
  readonly runs: Runs;
  readonly deliveries: Deliveries;
  readonly inbox: Inbox;
  readonly leases: Leases;
}

function prepare(database: DatabaseSync, path: string): Prepared {
  try {
    migrateJournal(database, path);
    const [runs, deliveries] = [prepareRuns(database), prepareDeliveries(database)];
    return { runs, deliveries, inbox: prepareInbox(database), leases: prepareLeases(database) };
  } catch (error) {
    database.close();
    throw asStoreError(error, path);
  }
}
