import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { isGone, thisProcess } from '../../sqlite/process-mark.ts';

/** Who may do something, by name, until when. */
export interface Leases {
  lease(name: string, forMs: number): boolean;
  release(name: string): void;
}

/** Milliseconds since 1970 by SQLite's clock, which all processes of the machine share. */
const NOW = "(julianday('now') - 2440587.5) * 86400000.0";

/** Prepares the statements once, for one holder. */
export function prepareLeases(database: DatabaseSync): Leases {
  const { started, pid, machine } = thisProcess;
  const holder = JSON.stringify([randomUUID(), started, pid, machine]);
  const take = database.prepare(
    `INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ${NOW} + ?3)
     ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE holder = excluded.holder OR until <= ${NOW}`,
  );
  const give = database.prepare('DELETE FROM leases WHERE name = ? AND holder = ?');
  const selectHolder = database.prepare('SELECT holder FROM leases WHERE name = ?');
  const taken = (name: string, forMs: number) => Number(take.run(name, holder, forMs).changes) === 1;
  return {
    lease: (name, forMs) => {
      if (taken(name, forMs)) return true;
      const other = selectHolder.get(name)?.holder;
      if (typeof other !== 'string' || !isHolderGone(other)) return false;
      give.run(name, other);
      return taken(name, forMs);
    },
    release: (name) => {
      give.run(name, holder);
    },
  };
}

/** Whether the process of a holder is certainly gone. */
function isHolderGone(holder: string): boolean {
  const [, started, pid, machine] = JSON.parse(holder) as [string, string, number, string];
  return isGone({ started, pid, machine });
}
