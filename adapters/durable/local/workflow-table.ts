import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
  PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS workflows (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    input TEXT NOT NULL,
    lock TEXT,
    state TEXT NOT NULL CHECK (state IN ('unfinished', 'done', 'failed')),
    started_at INTEGER NOT NULL,
    owner TEXT,
    beat_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS one_holder_a_lock ON workflows (lock) WHERE state = 'unfinished' AND lock IS NOT NULL;
  CREATE INDEX IF NOT EXISTS unfinished_workflows ON workflows (state) WHERE state = 'unfinished';
  CREATE TABLE IF NOT EXISTS workflow_steps (
    workflow TEXT NOT NULL REFERENCES workflows (id),
    name TEXT NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (workflow, name)
  ) STRICT, WITHOUT ROWID;`;

/** A workflow as it is recorded. */
export interface WorkflowRow {
  readonly id: string;
  readonly name: string;
  readonly input: string;
  readonly state: 'unfinished' | 'done' | 'failed';
}

/** The recorded workflows of one file, as one process sees them. Times are milliseconds since 1970. */
export interface WorkflowTable {
  insert(row: {
    id: string;
    name: string;
    input: string;
    lock: string | null;
    owner: string;
    now: number;
  }): 'started' | 'exists' | 'locked';
  find(id: string): WorkflowRow | null;
  unfinished(): readonly WorkflowRow[];
  /** Takes over a workflow that nobody holds, or whose holder has not been heard of since `silentSince`. Atomic. */
  take(id: string, owner: string, now: number, silentSince: number): boolean;
  /** Says that the owner lives. */
  beat(owner: string, now: number): void;
  release(owner: string): void;
  /** Null when nobody holds it. */
  ownerOf(id: string): string | null;
  end(id: string, state: 'done' | 'failed'): void;
  step(workflow: string, name: string): { readonly result: string } | null;
  remember(workflow: string, name: string, result: string): void;
  close(): void;
}

/** Opens the workflows' tables in the given SQLite file. */
export function openWorkflowTable(path: string): WorkflowTable {
  if (path !== ':memory:' && !existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const insert = database.prepare(
    "INSERT INTO workflows (id, name, input, lock, state, started_at, owner, beat_at) VALUES (?, ?, ?, ?, 'unfinished', ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const find = database.prepare('SELECT id, name, input, state FROM workflows WHERE id = ?');
  const unfinished = database.prepare(
    "SELECT id, name, input, state FROM workflows WHERE state = 'unfinished' ORDER BY started_at",
  );
  const take = database.prepare(
    "UPDATE workflows SET owner = ?, beat_at = ? WHERE id = ? AND state = 'unfinished' AND (owner IS NULL OR beat_at < ?)",
  );
  const beat = database.prepare("UPDATE workflows SET beat_at = ? WHERE owner = ? AND state = 'unfinished'");
  const release = database.prepare("UPDATE workflows SET owner = NULL WHERE owner = ? AND state = 'unfinished'");
  const ownerOf = database.prepare('SELECT owner FROM workflows WHERE id = ?');
  const end = database.prepare('UPDATE workflows SET state = ?, owner = NULL WHERE id = ?');
  const step = database.prepare('SELECT result FROM workflow_steps WHERE workflow = ? AND name = ?');
  const remember = database.prepare(
    'INSERT INTO workflow_steps (workflow, name, result) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const findRow = (id: string) => (find.get(id) as unknown as WorkflowRow | undefined) ?? null;
  return {
    insert({ id, name, input, lock, owner, now }) {
      if (insert.run(id, name, input, lock, now, owner, now).changes === 1) return 'started';
      return findRow(id) ? 'exists' : 'locked';
    },
    find: findRow,
    unfinished: () => unfinished.all() as unknown as WorkflowRow[],
    take: (id, owner, now, silentSince) => take.run(owner, now, id, silentSince).changes === 1,
    beat: (owner, now) => void beat.run(now, owner),
    release: (owner) => void release.run(owner),
    ownerOf: (id) => (ownerOf.get(id) as { owner: string | null } | undefined)?.owner ?? null,
    end: (id, state) => void end.run(state, id),
    step: (workflow, name) => (step.get(workflow, name) as { result: string } | undefined) ?? null,
    remember: (workflow, name, result) => void remember.run(workflow, name, result),
    close: () => database.close(),
  };
}
