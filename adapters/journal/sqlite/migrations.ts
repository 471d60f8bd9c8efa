/** The schema, step by step. A step that was released is never changed; a change is a further step. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
     run TEXT PRIMARY KEY,
     target TEXT NOT NULL,
     opened_at TEXT NOT NULL,
     closed INTEGER NOT NULL DEFAULT 0,
     last_seq INTEGER NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX one_open_run_a_target ON runs (target) WHERE closed = 0;
   CREATE INDEX runs_by_age ON runs (opened_at DESC);
   CREATE TABLE events (
     run TEXT NOT NULL REFERENCES runs (run),
     seq INTEGER NOT NULL,
     key TEXT NOT NULL,
     at TEXT NOT NULL,
     fact TEXT NOT NULL,
     PRIMARY KEY (run, seq),
     UNIQUE (run, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE claims (key TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE posted (
     run TEXT NOT NULL,
     chat TEXT NOT NULL,
     key TEXT NOT NULL,
     ref TEXT,
     version TEXT NOT NULL,
     PRIMARY KEY (run, chat, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE told (run TEXT NOT NULL, chat TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, chat)) STRICT, WITHOUT ROWID;`,
];
