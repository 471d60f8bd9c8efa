import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../../src/ports/store-error.ts';
import { openDatabase } from './open-database.ts';
import { asStoreError, damagedStore } from './store-error.ts';

/** SQLite's word for it, -1, is refused by Node; no store has more. */
const ALL_PAGES = 2 ** 31 - 1;

/** What a copy holds. */
export interface Copy {
  readonly runs: number;
  readonly bytes: number;
}

/**
 * Copies a store, also one that is being written to, as it is at one moment. The copy appears under its name only when it is whole, checked
 * and on the disk; an older one of that name is replaced then. Throws StoreError.
 */
export async function backUp(path: string, file: string): Promise<Copy> {
  if (!existsSync(path)) throw new StoreError('unavailable', `There is no store ${path} to copy.`);
  if (existsSync(file) && realpathSync(file) === realpathSync(path))
    throw new StoreError('unavailable', `${file} is the store itself; name another file for the copy.`);
  const source = openDatabase(path);
  const part = `${file}.part-${process.pid}`;
  try {
    // Made before SQLite does, so that nobody else may read it.
    closeSync(openSync(part, 'wx', 0o600));
    // All pages at once: in pieces it would begin anew whenever something is stored in between.
    await backup(source, part, { rate: ALL_PAGES });
    const runs = check(part, path);
    sync(part);
    const bytes = statSync(part).size;
    renameSync(part, file);
    sync(dirname(file));
    return { runs, bytes };
  } catch (error) {
    throw notWritten(error, file, path);
  } finally {
    source.close();
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${part}${end}`, { force: true });
  }
}

/** Looks at every page and every index of the copy; gives how many runs it has. */
function check(part: string, path: string): number {
  const copy = new DatabaseSync(part);
  try {
    const [answer] = copy.prepare('PRAGMA integrity_check(1)').all();
    if (answer?.integrity_check !== 'ok') throw damagedStore(path, '', new Error(String(answer?.integrity_check)));
    return Number(copy.prepare('SELECT count(*) AS runs FROM runs').get()?.runs);
  } finally {
    copy.close();
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function notWritten(error: unknown, file: string, path: string): unknown {
  if (error instanceof StoreError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^E[A-Z]+$/.test(code))
    return new StoreError('unavailable', `The copy ${file} cannot be written (${code}); the store is as it was.`, {
      cause: error,
    });
  return asStoreError(error, path);
}
