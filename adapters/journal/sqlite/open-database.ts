import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { asStoreError, damagedStore, StoreError } from './store-error.ts';

/** How long a statement waits for another process, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a connection to the store: WAL, every commit on the disk before it is answered. Makes the folder (0700) and the file
 * (0600) when they are missing; `:memory:` is allowed. Throws StoreError.
 */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') makeFile(path);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    const [check] = database.prepare('PRAGMA quick_check(1)').all();
    if (check?.quick_check !== 'ok') throw damagedStore(path, new Error(String(check?.quick_check)));
    return database;
  } catch (error) {
    database?.close();
    throw asStoreError(error, path);
  }
}

/** SQLite gives its -wal and -shm files the mode of the file itself. */
function makeFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'an error';
    const message = `The store ${path} cannot be opened or made (${code}); check the path, the folder's owner and the disk.`;
    throw new StoreError('unavailable', message, { cause: error });
  }
}
