import { closeSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../../src/ports/store-error.ts';
import { damagedStore } from './store-error.ts';

/**
 * Makes the folder (0700) and the file (0600) of a store when they are missing. The file appears whole, never empty, so that an
 * empty one is known to have lost what was in it: then, and when nothing can be made, it throws StoreError.
 */
export function makeStore(path: string): void {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() && found.size === 0) throw damagedStore(path, 'It is empty, which a store never is.');
    if (found?.isFile()) return;
    if (found) throw Object.assign(new Error('not a file'), { code: 'it is not a file' });
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    makeFile(path);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : 'an error';
    const message = `The store ${path} cannot be opened or made (${code}); check the path, the folder's owner and the disk.`;
    throw new StoreError('unavailable', message, { cause: error });
  }
}

/** SQLite gives its -wal and -shm files the mode of the file itself. Of two processes at once the first one's file stays. */
function makeFile(path: string): void {
  const fresh = `${path}.new-${process.pid}`;
  try {
    closeSync(openSync(fresh, 'w', 0o600));
    const database = new DatabaseSync(fresh);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA user_version = 1;');
    database.close();
    linkSync(fresh, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${fresh}${end}`, { force: true });
  }
}
