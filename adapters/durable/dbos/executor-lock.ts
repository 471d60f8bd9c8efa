import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../../src/ports/log.ts';
import { LOCK_CLASS } from './rows.ts';

const CONNECT_MS = 3_000;
/** How often the connection is tried, and how long it may be silent. Milliseconds. */
const BEAT_MS = 2_000;
const SILENT_MS = 3_000;
const AGAIN_MS = 250;
/** An answer to a beat that is later leaves it open whether the lock is held. Milliseconds. */
const LATE_MS = BEAT_MS + 1_500;

/**
 * Who vanishes says no goodbye: the server asks a silent host, and ends a session that asks nothing (a frozen process), which
 * PostgreSQL can since version 14. Either frees the lock after 8 or 9 seconds.
 */
const NOTICE_SILENCE = `
  SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 2;
  SELECT set_config('idle_session_timeout', '8000', false) WHERE current_setting('idle_session_timeout', true) IS NOT NULL`;

/** Says to all replicas that this executor lives: an advisory lock, which the server frees when the connection ends. */
export interface ExecutorLock {
  /** Resolves once it is held for the first time; rejects when it cannot be had within `ms`. */
  held(ms: number): Promise<void>;
  /** For how long it was not held for certain; 0 while it is. Milliseconds. */
  lostFor(): number;
  stop(): Promise<void>;
}

/** Takes the lock of an executor and keeps it, on one connection after another, until it is stopped. */
export function keepExecutorLock(url: string, executor: string, log: Log): ExecutorLock {
  const life = new AbortController();
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => undefined);
  let lostAt: number | null = performance.now();
  let heardAt = lostAt;
  let problem: unknown = null;

  /** Holds the lock until its connection ends. */
  const hold = async () => {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: SILENT_MS,
      keepAlive: true,
      application_name: 'execfmt executor',
    });
    const ended = new AbortController();
    client.on('error', () => ended.abort());
    client.on('end', () => ended.abort());
    const stopped = AbortSignal.any([ended.signal, life.signal]);
    try {
      await client.connect();
      await client.query(NOTICE_SILENCE);
      while (!stopped.aborted) {
        // A lock of this executor on a connection that is not yet known to be broken is waited for, by asking again.
        if (lostAt !== null && (await tryLock(client, executor))) {
          lostAt = null;
          heardAt = performance.now();
          first.resolve();
        }
        await wait(lostAt === null ? BEAT_MS : AGAIN_MS, undefined, { signal: stopped }).catch(() => undefined);
        if (!stopped.aborted) await client.query('SELECT 1');
        heardAt = performance.now();
      }
    } finally {
      // Since the last answer: the server may have freed the lock right after it.
      lostAt ??= heardAt;
      // Ending politely could wait for a server that is not there.
      await Promise.race([client.end().catch(() => undefined), wait(SILENT_MS, undefined, { ref: false })]);
    }
  };

  const keep = async () => {
    while (!life.signal.aborted) {
      try {
        await hold();
      } catch (error) {
        problem = error;
        log.debug({ executor, error: String(error) }, 'the connection that says that this replica lives is made anew');
      }
      await wait(AGAIN_MS, undefined, { signal: life.signal }).catch(() => undefined);
    }
  };
  const kept = keep();

  return {
    async held(ms) {
      const late = wait(ms, undefined, { ref: false, signal: life.signal }).then(() => {
        throw new Error('PostgreSQL gave no lock to this replica', { cause: problem });
      });
      await Promise.race([first.promise, late]);
    },
    lostFor() {
      const silentFor = performance.now() - (lostAt ?? heardAt);
      return lostAt === null && silentFor < LATE_MS ? 0 : silentFor;
    },
    async stop() {
      life.abort();
      await kept;
    },
  };
}

async function tryLock(client: pg.Client, executor: string): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1, hashtext($2)) AS got', [
    LOCK_CLASS,
    executor,
  ]);
  return rows[0]?.got === true;
}
