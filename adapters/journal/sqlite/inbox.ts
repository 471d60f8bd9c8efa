import type { DatabaseSync } from 'node:sqlite';
import type { Intent } from '../../../src/ports/application.ts';
import type { StoredIntent } from '../../../src/ports/journal.ts';
import { inTransaction } from '../../sqlite/transaction.ts';

/** What came in and is not handled to the end. */
export interface Inbox {
  receive(key: string, intent: Intent, at: Date): boolean;
  handled(key: string): void;
  unhandled(before: Date): readonly StoredIntent[];
  forget(before: Date): void;
}

const MOST = 100;

/** Prepares the statements once. */
export function prepareInbox(database: DatabaseSync): Inbox {
  const insertClaim = database.prepare('INSERT INTO claims (key, at) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const insertIntent = database.prepare('INSERT INTO inbox (key, intent, at) VALUES (?, ?, ?)');
  const deleteIntent = database.prepare('DELETE FROM inbox WHERE key = ?');
  const selectIntents = database.prepare('SELECT key, intent, at FROM inbox WHERE at < ? ORDER BY at, key LIMIT ?');
  const deleteOld = database.prepare('DELETE FROM inbox WHERE at < ?');
  return {
    receive: (key, intent, at) =>
      inTransaction(database, () => {
        if (Number(insertClaim.run(key, at.getTime()).changes) === 0) return false;
        insertIntent.run(key, JSON.stringify(intent), at.getTime());
        return true;
      }),
    handled: (key) =>
      inTransaction(database, () => {
        deleteIntent.run(key);
      }),
    unhandled: (before) =>
      selectIntents.all(before.getTime(), MOST).map((row) => ({
        key: String(row.key),
        intent: JSON.parse(String(row.intent)) as Intent,
        at: new Date(Number(row.at)),
      })),
    forget: (before) => {
      deleteOld.run(before.getTime());
    },
  };
}
