import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../../src/ports/store-error.ts';
import { inTransaction } from '../../sqlite/transaction.ts';

/** The journal's tables, one step a version. A step that was released is never changed; a new one is added at the end. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    number    INTEGER PRIMARY KEY,
    run       TEXT NOT NULL UNIQUE,
    target    TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    is_open   INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    last_seq  INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX one_open_run_a_target ON runs (target) WHERE is_open = 1;
  CREATE INDEX runs_by_time ON runs (opened_at, number);

  CREATE TABLE events (
    run  TEXT NOT NULL REFERENCES runs (run),
    seq  INTEGER NOT NULL,
    key  TEXT NOT NULL,
    at   TEXT NOT NULL,
    fact TEXT NOT NULL,
    PRIMARY KEY (run, seq),
    UNIQUE (run, key)
  ) STRICT;
  CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

  CREATE TABLE claims (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX claims_by_time ON claims (at);

  CREATE TABLE posted (
    run TEXT NOT NULL, chat TEXT NOT NULL, key TEXT NOT NULL,
    ref TEXT, version TEXT NOT NULL,
    PRIMARY KEY (run, chat, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE told (
    run TEXT NOT NULL, chat TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (chat, run)
  ) STRICT, WITHOUT ROWID;
  `,
  'CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until REAL NOT NULL) STRICT, WITHOUT ROWID;',
  `
  CREATE TABLE inbox (key TEXT PRIMARY KEY, intent TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX inbox_by_time ON inbox (at);
  `,
];

/** Brings the journal's tables to the version of this program; throws StoreError when a newer program has written them. */
export function migrateJournal(database: DatabaseSync, path: string): void {
  database.exec(
    'CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT',
  );
  inTransaction(database, () => {
    const row = database.prepare("SELECT version FROM schema_versions WHERE component = 'journal'").get();
    const version = Number(row?.version ?? 0);
    if (version > MIGRATIONS.length) {
      const message = `The store ${path} was written by a newer execfmt (version ${version}, this one knows ${MIGRATIONS.length}). Use that one, or a backup from before the upgrade.`;
      throw new StoreError('too-new', message);
    }
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database
      .prepare("INSERT OR REPLACE INTO schema_versions (component, version) VALUES ('journal', ?)")
      .run(MIGRATIONS.length);
  });
}
