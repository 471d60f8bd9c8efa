import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { RunFact } from '../../src/run/events.ts';

/** What is in a store, read beside the program by another connection. */
export interface StoreReader {
  facts(): readonly RunFact[];
  /** `unfinished`, `done` or `failed`, by the workflow's name; null when there is none. */
  workflow(name: string): string | null;
  /** Everything in it as one text, to look for what must not be there. */
  everything(): string;
}

export function readStore(path: string): StoreReader {
  const rows = (sql: string, ...values: string[]) => {
    if (!existsSync(path)) return [];
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      return database.prepare(sql).all(...values);
    } catch (error) {
      // Killed before the tables were made.
      if (error instanceof Error && /no such table/.test(error.message)) return [];
      throw error;
    } finally {
      database.close();
    }
  };
  const tables = () => rows("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => String(name));
  return {
    facts: () => rows('SELECT fact FROM events ORDER BY seq').map(({ fact }) => JSON.parse(String(fact)) as RunFact),
    workflow: (name) => {
      const [row] = rows('SELECT state FROM workflows WHERE name = ?', name);
      return row === undefined ? null : String(row.state);
    },
    everything: () => JSON.stringify(tables().map((table) => rows(`SELECT * FROM "${table}"`))),
  };
}
