import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from './migrations.ts';

const BUSY_MS = 5_000;

/** The store cannot be used as it is; the message says what to do. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** Opens the file (made with mode 0600 in a folder of mode 0700), durable at each commit, at the newest schema. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') prepareFile(path);
  try {
    const database = new DatabaseSync(path);
    database.exec(
      `PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON`,
    );
    checkWhole(database, path);
    migrate(database, path);
    return database;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw damaged(path, error);
  }
}

function prepareFile(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  } catch (error) {
    throw new StoreError(
      `The store ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}. Make the folder writable, or set \`store\` elsewhere.`,
      { cause: error },
    );
  }
}

function checkWhole(database: DatabaseSync, path: string): void {
  const row = database.prepare('PRAGMA quick_check(1)').get() as { quick_check?: string } | undefined;
  if (row?.quick_check !== 'ok') throw damaged(path, row?.quick_check);
}

function damaged(path: string, cause: unknown): StoreError {
  return new StoreError(
    `The store ${path} is damaged or no SQLite file. Move it away and put its backup in its place; without one execfmt starts anew.`,
    { cause },
  );
}

function migrate(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > MIGRATIONS.length)
      throw new StoreError(`The store ${path} was written by a newer execfmt (schema ${version}). Use that version.`);
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
