import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { connect } from '../../sqlite/connect.ts';
import { inTransaction } from '../../sqlite/transaction.ts';

/** The tables of version 1. They may stand in a file with others; a later version goes on from here. */
const VERSION = 1;
const TABLES = `
  CREATE TABLE IF NOT EXISTS workflows (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    input         TEXT NOT NULL,
    lock          TEXT,
    state         TEXT NOT NULL CHECK (state IN ('unfinished', 'done', 'failed')),
    started_at    TEXT NOT NULL,
    owner         TEXT,
    owner_machine TEXT,
    owner_pid     INTEGER,
    heartbeat_at  INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS one_unfinished_workflow_a_lock
    ON workflows (lock) WHERE state = 'unfinished' AND lock IS NOT NULL;
  CREATE INDEX IF NOT EXISTS unfinished_workflows ON workflows (started_at) WHERE state = 'unfinished';

  CREATE TABLE IF NOT EXISTS steps (
    workflow TEXT NOT NULL REFERENCES workflows (id),
    name     TEXT NOT NULL,
    result   TEXT,
    PRIMARY KEY (workflow, name)
  ) STRICT, WITHOUT ROWID;
`;

/** Opens the engine's own connection to a store (the folder and file are made when they are missing) with its tables in it. */
export function openWorkflowDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  }
  const database = connect(path);
  try {
    inTransaction(database, () => makeTables(database, path));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function makeTables(database: DatabaseSync, path: string): void {
  database.exec(
    'CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT',
  );
  const row = database.prepare("SELECT version FROM schema_versions WHERE component = 'workflows'").get();
  if (Number(row?.version ?? 0) > VERSION) {
    throw new Error(
      `The store ${path} was written by a newer execfmt; use that one, or a backup from before the upgrade.`,
    );
  }
  database.exec(TABLES);
  database.prepare("INSERT OR REPLACE INTO schema_versions (component, version) VALUES ('workflows', ?)").run(VERSION);
}
