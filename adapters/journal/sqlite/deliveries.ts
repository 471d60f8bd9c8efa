import type { DatabaseSync } from 'node:sqlite';
import type { PostedMessage } from '../../../src/ports/journal.ts';

/** What came in from chats, and what was told to them. */
export interface Deliveries {
  claim(key: string, at: Date): boolean;
  forgetClaims(before: Date): void;
  posted(run: string, chat: string): ReadonlyMap<string, PostedMessage>;
  setPosted(run: string, chat: string, key: string, message: PostedMessage): void;
  untold(chat: string): readonly string[];
  setTold(run: string, chat: string, seq: number): void;
}

/** Prepares the statements once. */
export function prepareDeliveries(database: DatabaseSync): Deliveries {
  const insertClaim = database.prepare('INSERT INTO claims (key, at) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const deleteClaims = database.prepare('DELETE FROM claims WHERE at < ?');
  const selectPosted = database.prepare('SELECT key, ref, version FROM posted WHERE run = ? AND chat = ?');
  const upsertPosted = database.prepare(
    `INSERT INTO posted (run, chat, key, ref, version) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET ref = excluded.ref, version = excluded.version`,
  );
  const selectUntold = database.prepare(
    `SELECT runs.run FROM runs LEFT JOIN told ON told.chat = ? AND told.run = runs.run
     WHERE coalesce(told.seq, 0) < runs.last_seq ORDER BY runs.number`,
  );
  const upsertTold = database.prepare(
    `INSERT INTO told (run, chat, seq) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)`,
  );
  return {
    claim: (key, at) => Number(insertClaim.run(key, at.getTime()).changes) === 1,
    forgetClaims: (before) => {
      deleteClaims.run(before.getTime());
    },
    posted: (run, chat) =>
      new Map(
        selectPosted
          .all(run, chat)
          .map((row) => [
            String(row.key),
            { ref: row.ref === null ? null : String(row.ref), version: String(row.version) },
          ]),
      ),
    setPosted: (run, chat, key, { ref, version }) => {
      upsertPosted.run(run, chat, key, ref, version);
    },
    untold: (chat) => selectUntold.all(chat).map((row) => String(row.run)),
    setTold: (run, chat, seq) => {
      upsertTold.run(run, chat, seq);
    },
  };
}
