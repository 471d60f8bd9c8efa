import { StoreError } from '../../../src/ports/store-error.ts';
import { SpoiltFact } from './spoilt-fact.ts';

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html) that a person can do something about. */
const BUSY = 5;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** Says how to get a damaged store back. `what` is a sentence on what was seen. */
export function damagedStore(path: string, what = '', cause?: unknown): StoreError {
  return new StoreError(
    'damaged',
    `The store ${path} is damaged, and execfmt does not mend it.${what && ` ${what}`} Stop execfmt; move the file away together with ` +
      `${path}-wal and ${path}-shm; then put the last copy that \`execfmt backup\` made in its place, or save what can be read ` +
      `with \`sqlite3 <moved file> .recover | sqlite3 ${path}\`. With neither, execfmt starts with an empty store: the record of ` +
      'past runs is lost, nothing else.',
    { cause },
  );
}

/** Puts an error of SQLite into words, by its result code; other errors come back as they are. */
export function asStoreError(error: unknown, path: string): unknown {
  if (error instanceof SpoiltFact) return damagedStore(path, error.message, error);
  const code = resultCode(error);
  if (code === CORRUPT || code === NOT_A_DATABASE) return damagedStore(path, '', error);
  const unavailable = (why: string) => new StoreError('unavailable', `The store ${path} ${why}`, { cause: error });
  if (code === BUSY)
    return unavailable('was locked by another process for too long; is a second execfmt or a backup running?');
  if (code === READ_ONLY)
    return unavailable(
      'cannot be written; give the file and its folder to the user that runs execfmt, and mount the folder writable.',
    );
  if (code === FULL)
    return unavailable('cannot grow: the disk is full. Make room; nothing that was stored before is lost.');
  if (code === IO_ERROR)
    return unavailable('could not be read or written: the system reports an error. Look at the disk and its room.');
  if (code === CANNOT_OPEN)
    return unavailable('cannot be opened; check that it is a file that this user may read and write.');
  return error;
}

/** The extended code keeps the primary one in its low byte. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
