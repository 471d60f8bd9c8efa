import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';

/** Who may do something, by name, until when. */
export interface Leases {
  lease(name: string, forMs: number): boolean;
  release(name: string): void;
}

/** Milliseconds since 1970 by SQLite's clock, which all processes of the machine share. */
const NOW = "(julianday('now') - 2440587.5) * 86400000.0";

/** Separates this process from an earlier one that had its id. */
const PROCESS = randomUUID();

/** Prepares the statements once, for one holder. */
export function prepareLeases(database: DatabaseSync): Leases {
  const machine = `${hostname()} ${processSpace()}`;
  const holder = JSON.stringify([randomUUID(), PROCESS, process.pid, machine]);
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
      if (typeof other !== 'string' || !isGone(other, machine)) return false;
      give.run(name, other);
      return taken(name, forMs);
    },
    release: (name) => {
      give.run(name, holder);
    },
  };
}

/** Whether a holder's process was on this machine and is certainly not there any more: after kill -9 nobody waits for it. */
function isGone(holder: string, here: string): boolean {
  const [, started, pid, machine] = JSON.parse(holder) as [string, string, number, string];
  if (machine !== here || started === PROCESS) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** The kernel's name for this process's space of process ids (pid_namespaces(7)); empty where there is none. */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
