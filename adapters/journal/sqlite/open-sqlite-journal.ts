import type { DatabaseSync } from 'node:sqlite';
import type { Journal, PostedMessage } from '../../../src/ports/journal.ts';
import type { EventDraft, RunEvent, RunFact } from '../../../src/run/events.ts';
import { openDatabase } from './open-database.ts';

/** The journal in one SQLite file; `:memory:` for one that is forgotten. Throws StoreError when the file cannot be used. */
export function openSqliteJournal(path: string): Journal {
  const database = openDatabase(path);
  const sql = statements(database);
  const writing = <T>(work: () => T): Promise<T> => inTransaction(database, work);

  return {
    open: (run, target, first, at) =>
      writing(() => {
        const open = sql.openRun.get(target) as { run: string } | undefined;
        if (open) return { run: open.run, opened: false };
        sql.insertRun.run(run, target, at.toISOString());
        insertEvent(run, 1, first, at);
        return { run, opened: true };
      }),
    close: async (run) => {
      sql.closeRun.run(run);
    },
    append: (run, drafts, at) => writing(() => appendAll(run, drafts, at)),
    read: async (run) => (sql.events.all(run) as unknown as EventRow[]).map(toEvent),
    list: async (limit) => sql.list.all(limit) as unknown as { run: string; target: string; openedAt: string }[],
    claim: async (key, at) => sql.claim.run(key, at.toISOString()).changes === 1,
    forgetClaims: async (before) => {
      sql.forget.run(before.toISOString());
    },
    posted: async (run, chat) => {
      const rows = sql.posted.all(run, chat) as unknown as (PostedMessage & { key: string })[];
      return new Map(rows.map(({ key, ref, version }) => [key, { ref, version }]));
    },
    setPosted: async (run, chat, key, { ref, version }) => {
      sql.setPosted.run(run, chat, key, ref, version);
    },
    untold: async (chat) => (sql.untold.all(chat) as unknown as { run: string }[]).map(({ run }) => run),
    setTold: async (run, chat, seq) => {
      sql.setTold.run(run, chat, seq);
    },
    stop: async () => database.close(),
  };

  function appendAll(run: string, drafts: readonly EventDraft[], at: Date): RunEvent[] {
    const row = sql.lastSeq.get(run) as { last_seq: number } | undefined;
    if (!row) throw new Error(`there is no run ${run} to append to`);
    let seq = row.last_seq;
    const added: RunEvent[] = [];
    for (const draft of drafts) {
      if (sql.hasKey.get(run, draft.key)) continue;
      seq += 1;
      added.push(insertEvent(run, seq, draft, at));
    }
    if (added.length > 0) sql.setLastSeq.run(seq, run);
    return added;
  }

  function insertEvent(run: string, seq: number, { key, fact }: EventDraft, at: Date): RunEvent {
    sql.insertEvent.run(run, seq, key, at.toISOString(), JSON.stringify(fact));
    return { run, seq, key, at: at.toISOString(), fact };
  }
}

interface EventRow {
  readonly run: string;
  readonly seq: number;
  readonly key: string;
  readonly at: string;
  readonly fact: string;
}

function toEvent(row: EventRow): RunEvent {
  return { ...row, fact: JSON.parse(row.fact) as RunFact };
}

async function inTransaction<T>(database: DatabaseSync, work: () => T): Promise<T> {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function statements(database: DatabaseSync) {
  return {
    openRun: database.prepare('SELECT run FROM runs WHERE target = ? AND closed = 0'),
    insertRun: database.prepare('INSERT INTO runs (run, target, opened_at, last_seq) VALUES (?, ?, ?, 1)'),
    closeRun: database.prepare('UPDATE runs SET closed = 1 WHERE run = ?'),
    lastSeq: database.prepare('SELECT last_seq FROM runs WHERE run = ?'),
    setLastSeq: database.prepare('UPDATE runs SET last_seq = ? WHERE run = ?'),
    hasKey: database.prepare('SELECT 1 FROM events WHERE run = ? AND key = ?'),
    insertEvent: database.prepare('INSERT INTO events (run, seq, key, at, fact) VALUES (?, ?, ?, ?, ?)'),
    events: database.prepare('SELECT run, seq, key, at, fact FROM events WHERE run = ? ORDER BY seq'),
    list: database.prepare(
      'SELECT run, target, opened_at AS openedAt FROM runs ORDER BY opened_at DESC, rowid DESC LIMIT ?',
    ),
    claim: database.prepare('INSERT INTO claims (key, at) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    forget: database.prepare('DELETE FROM claims WHERE at < ?'),
    posted: database.prepare('SELECT key, ref, version FROM posted WHERE run = ? AND chat = ?'),
    setPosted: database.prepare(
      'INSERT INTO posted (run, chat, key, ref, version) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ref = excluded.ref, version = excluded.version',
    ),
    untold: database.prepare(
      'SELECT runs.run AS run FROM runs LEFT JOIN told ON told.run = runs.run AND told.chat = ? WHERE coalesce(told.seq, 0) < runs.last_seq ORDER BY opened_at DESC LIMIT 200',
    ),
    setTold: database.prepare(
      'INSERT INTO told (run, chat, seq) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq',
    ),
  };
}
