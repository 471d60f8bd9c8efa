import type { DatabaseSync } from 'node:sqlite';
import type { Journal, RunListing } from '../../../src/ports/journal.ts';
import type { EventDraft, RunEvent, RunFact } from '../../../src/run/events.ts';
import { inTransaction } from '../../sqlite/transaction.ts';
import { SpoiltFact } from './spoilt-fact.ts';

/** The journal's runs and their events, each call one transaction. */
export interface Runs {
  open(run: string, target: string, first: EventDraft, at: Date): Awaited<ReturnType<Journal['open']>>;
  close(run: string): void;
  append(run: string, drafts: readonly EventDraft[], at: Date): readonly RunEvent[];
  read(run: string): readonly RunEvent[];
  list(limit: number, matching?: string): readonly RunListing[];
}

/** A fact that is no JSON was not written by us. */
function readFact(text: string, run: string): RunFact {
  try {
    return JSON.parse(text) as RunFact;
  } catch (cause) {
    throw new SpoiltFact(run, cause);
  }
}

/** Prepares the statements once. */
export function prepareRuns(database: DatabaseSync): Runs {
  const selectOpen = database.prepare('SELECT run FROM runs WHERE target = ? AND is_open = 1');
  const insertRun = database.prepare(
    'INSERT INTO runs (run, target, opened_at, is_open, last_seq) VALUES (?, ?, ?, 1, 0)',
  );
  const closeRun = database.prepare('UPDATE runs SET is_open = 0 WHERE run = ?');
  const selectLastSeq = database.prepare('SELECT last_seq FROM runs WHERE run = ?');
  const updateLastSeq = database.prepare('UPDATE runs SET last_seq = ? WHERE run = ?');
  const insertEvent = database.prepare(
    'INSERT INTO events (run, seq, key, at, fact) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, key) DO NOTHING',
  );
  const selectEvents = database.prepare('SELECT seq, key, at, fact FROM events WHERE run = ? ORDER BY seq');
  // Not LIKE: in that, % and _ would stand for other characters.
  const selectRuns = database.prepare(
    `SELECT run, target, opened_at FROM runs
     WHERE instr(lower(run), lower(?1)) > 0 OR instr(lower(target), lower(?1)) > 0
     ORDER BY opened_at DESC, number DESC LIMIT ?2`,
  );

  const add = (run: string, drafts: readonly EventDraft[], at: Date): RunEvent[] => {
    const row = selectLastSeq.get(run);
    if (!row) throw new Error(`There is no run ${run} to append to`);
    let seq = Number(row.last_seq);
    const added: RunEvent[] = [];
    for (const { key, fact } of drafts) {
      const event = { run, seq: seq + 1, key, at: at.toISOString(), fact };
      const { changes } = insertEvent.run(run, event.seq, key, event.at, JSON.stringify(fact));
      if (Number(changes) === 0) continue;
      seq = event.seq;
      added.push(event);
    }
    if (added.length > 0) updateLastSeq.run(seq, run);
    return added;
  };

  return {
    open: (run, target, first, at) =>
      inTransaction(database, () => {
        const open = selectOpen.get(target);
        if (open) return { run: String(open.run), opened: false };
        insertRun.run(run, target, at.toISOString());
        add(run, [first], at);
        return { run, opened: true };
      }),
    close: (run) => {
      closeRun.run(run);
    },
    append: (run, drafts, at) => inTransaction(database, () => add(run, drafts, at)),
    read: (run) =>
      selectEvents.all(run).map((row) => ({
        run,
        seq: Number(row.seq),
        key: String(row.key),
        at: String(row.at),
        fact: readFact(String(row.fact), run),
      })),
    list: (limit, matching = '') =>
      selectRuns
        .all(matching, limit)
        .map((row) => ({ run: String(row.run), target: String(row.target), openedAt: String(row.opened_at) })),
  };
}
