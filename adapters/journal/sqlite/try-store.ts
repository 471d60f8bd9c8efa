import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Answer, failed, known } from '../../../src/playbook/answer.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import { StoreError } from '../../../src/ports/store-error.ts';
import { asStoreError } from './store-error.ts';

/** Whether the store can be used: it is read and its folder may be written. Nothing is made, and no migration is run. */
export async function trySqliteStore(path: string): Promise<Answer<Reached>> {
  if (path === ':memory:') return known({ detail: 'in memory: forgotten at the end', lacks: [] });
  const there = await isThere(path);
  const folder = await nearestAbove(dirname(path));
  if (!(await stat(folder)).isDirectory())
    return failed('invalid', path, `${folder} is a file, and the store needs a folder there. Name another path.`);
  for (const each of there ? [path, folder] : [folder]) {
    if (await mayWrite(each)) continue;
    return failed('denied', path, `${each} may not be written by this user. Give it to the user that runs execfmt.`);
  }
  if (!there) return known({ detail: 'will be made at the first start', lacks: [] });
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 });
    try {
      const [check] = database.prepare('PRAGMA quick_check(1)').all();
      if (check?.quick_check === 'ok') return known({ detail: 'SQLite, sound and writable', lacks: [] });
      return failed('invalid', path, 'The store is damaged. Put the last backup in its place; see docs/operate.md.');
    } finally {
      database.close();
    }
  } catch (error) {
    const told = asStoreError(error, path);
    if (!(told instanceof StoreError)) throw told;
    return failed(told.code === 'unavailable' ? 'unreachable' : 'invalid', path, told.message);
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The folder itself, or the nearest thing above it that is there. */
async function nearestAbove(folder: string): Promise<string> {
  return (await isThere(folder)) || dirname(folder) === folder ? folder : nearestAbove(dirname(folder));
}

async function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
