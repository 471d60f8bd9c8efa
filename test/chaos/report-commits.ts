import { readSync, writeSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Loaded before a process that shall be killed (`node --import`): says on descriptor 3 that a transaction of the store is
 * about to be committed, and that it has been, and waits on descriptor 4 each time until it may go on. The program itself
 * runs as it is; only its time is held, so that it can be killed at exactly that point.
 */
const REPORTS = 3;
const PERMITS = 4;
const PAUSE_MS = 1;

const permit = new Uint8Array(1);
const never = new Int32Array(new SharedArrayBuffer(4));

function hold(point: 'before' | 'after'): void {
  writeSync(REPORTS, point === 'before' ? '<' : '>');
  for (;;) {
    try {
      if (readSync(PERMITS, permit) > 0) return;
      // The driver is gone: nobody will kill this process.
      process.exit(1);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(never, 0, 0, PAUSE_MS);
    }
  }
}

const execute = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function (sql: string): void {
  const commits = sql === 'COMMIT';
  if (commits) hold('before');
  execute.call(this, sql);
  if (commits) hold('after');
};

// As the launcher does; but who is killed does not come to keep what was compiled at its end.
enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'execfmt', 'compiled'));
setTimeout(flushCompileCache, 3_000).unref();
