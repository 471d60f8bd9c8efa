import type { DatabaseSync } from 'node:sqlite';

/** How often it is asked whether another process has written. Milliseconds. */
const LOOK_MS = 1_000;
/** The newest runs are compared; older ones do not change any more. */
const LOOKED_BACK = 200;

/** What tells of the changes that other processes make. */
export interface Watcher {
  watch(listener: (run: string) => void): () => void;
  stop(): void;
}

/**
 * Asks SQLite whether another connection has written (PRAGMA data_version), and then which runs it was. Begins with the first
 * listener; a look that fails is made again.
 */
export function createWatcher(database: DatabaseSync): Watcher {
  const listeners = new Set<(run: string) => void>();
  let timer: NodeJS.Timeout | null = null;

  const begin = () => {
    const selectVersion = database.prepare('PRAGMA data_version');
    const selectRuns = database.prepare('SELECT run, last_seq, is_open FROM runs ORDER BY number DESC LIMIT ?');
    const versionNow = () => Number(selectVersion.get()?.data_version);
    const runsNow = () =>
      new Map(selectRuns.all(LOOKED_BACK).map((row) => [String(row.run), `${row.last_seq} ${row.is_open}`]));
    let version = versionNow();
    let known = runsNow();
    const look = () => {
      const next = versionNow();
      if (next === version) return;
      const runs = runsNow();
      const changed = [...runs].filter(([run, state]) => known.get(run) !== state);
      version = next;
      known = runs;
      for (const [run] of changed) for (const listener of listeners) listener(run);
    };
    return setInterval(() => {
      try {
        look();
      } catch {
        // Busy or damaged: whoever reads or writes next is told so.
      }
    }, LOOK_MS).unref();
  };

  return {
    watch(listener) {
      listeners.add(listener);
      timer ??= begin();
      return () => listeners.delete(listener);
    },
    stop() {
      if (timer) clearInterval(timer);
    },
  };
}
