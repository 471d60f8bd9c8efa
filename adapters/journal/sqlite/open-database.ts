import type { DatabaseSync } from 'node:sqlite';
import { connect } from '../../sqlite/connect.ts';
import { checkLog } from './check-log.ts';
import { makeStore } from './make-store.ts';
import { asStoreError, damagedStore } from './store-error.ts';

/**
 * Opens a connection to the store: WAL, every commit on the disk before it is answered. Makes the folder (0700) and the file
 * (0600) when they are missing; `:memory:` is allowed. Throws StoreError.
 */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') makeStore(path);
  let database: DatabaseSync | null = null;
  try {
    if (path !== ':memory:') checkLog(path);
    database = connect(path);
    const [check] = database.prepare('PRAGMA quick_check(1)').all();
    if (check?.quick_check !== 'ok') throw damagedStore(path, '', new Error(String(check?.quick_check)));
    return database;
  } catch (error) {
    database?.close();
    throw asStoreError(error, path);
  }
}
