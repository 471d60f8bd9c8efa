import { resolve } from 'node:path';
import { backUp } from '../../adapters/journal/sqlite/back-up.ts';
import { UsageError } from './exit-status.ts';
import { loadConfig } from './load-config.ts';
import { createTerminal } from './terminal.ts';

/** `execfmt backup FILE`: a checked copy of the SQLite store, also while it is in use. 2 when there is none, or it is damaged. */
export async function backup(file: string, options: { readonly config: string | null }): Promise<number> {
  const { store } = await loadConfig(options.config);
  if (store.kind !== 'sqlite')
    throw new UsageError('the store is in PostgreSQL: copy it with pg_dump, and bring it back with pg_restore');
  if (store.path === ':memory:') throw new UsageError('the store is in memory only: there is nothing to copy');
  const { runs, bytes } = await backUp(store.path, resolve(file));
  const size = `${runs} run${runs === 1 ? '' : 's'}, ${Math.ceil(bytes / 1024)} KiB`;
  createTerminal(process.stdout).say(
    `${resolve(file)} is a whole copy of ${store.path}: ${size}, checked. To go back to it, stop execfmt and put it in place of the ` +
      'store, without the -wal and -shm files beside that.',
  );
  return 0;
}
