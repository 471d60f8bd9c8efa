import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** Who may do something, by name, until when. */
export interface Leases {
  lease(name: string, forMs: number): boolean;
  release(name: string): void;
}

/** Milliseconds since 1970 by SQLite's clock, which all processes of the machine share. */
const NOW = "(julianday('now') - 2440587.5) * 86400000.0";

/** Prepares the statements once, for one holder. */
export function prepareLeases(database: DatabaseSync): Leases {
  const holder = randomUUID();
  const take = database.prepare(
    `INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ${NOW} + ?3)
     ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE holder = excluded.holder OR until <= ${NOW}`,
  );
  const give = database.prepare('DELETE FROM leases WHERE name = ? AND holder = ?');
  return {
    lease: (name, forMs) => Number(take.run(name, holder, forMs).changes) === 1,
    release: (name) => {
      give.run(name, holder);
    },
  };
}
