import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import type { Log } from '../../../src/ports/log.ts';
import { CHANNEL } from './runs.ts';
import type { Tables } from './tables.ts';

/** How often changes are looked up while notifications come, and while they do not. Milliseconds. */
const LOOK_MS = 5_000;
const LOOK_ALONE_MS = 1_000;
/** A transaction may commit so long after the time it wrote; the look goes back as far. Milliseconds. */
const OVERLAP_MS = 15_000;
/** Runs of one look; a busier store is caught up with in several. */
const LOOK_ROWS = 5_000;
const CONNECT_MS = 5_000;

/** What tells of the changes that other processes make. */
export interface Watcher {
  watch(listener: (run: string) => void): () => void;
  stop(): Promise<void>;
}

export interface WatcherOptions {
  readonly url: string;
  readonly db: Kysely<Tables>;
  readonly log: Log;
  /** This process's name in notifications, which are skipped: it knows what it did. */
  readonly writer: string;
}

/**
 * LISTEN on a connection of its own, and a look at what has changed every few seconds: notifications are lost while the
 * connection is cut, and do not pass a pooler of transactions. Begins with the first listener.
 */
export function createWatcher({ url, db, log, writer }: WatcherOptions): Watcher {
  const listeners = new Set<(run: string) => void>();
  const life = new AbortController();
  const told = new Map<string, string>();
  let connection: pg.Client | null = null;
  let looking: Promise<void> | null = null;

  const tell = (run: string) => {
    for (const listener of listeners) listener(run);
  };

  const listen = async () => {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'execfmt watch',
    });
    const lost = () => {
      if (connection === client) connection = null;
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload = '' }) => {
      const [who, run] = payload.split(' ');
      if (who !== writer && run) tell(run);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      connection = client;
      if (life.signal.aborted) await client.end();
    } catch (error) {
      log.debug({ error: String(error) }, 'the store tells no changes now; they are looked up');
      await client.end().catch(() => undefined);
    }
  };

  /** Tells the runs that have changed since `since`, and those of the overlap before it that were not told yet. */
  const look = async (since: Date): Promise<Date> => {
    const changed = await changedSince(db, new Date(since.getTime() - OVERLAP_MS));
    for (const { run, version } of changed) if (told.get(run) !== version) tell(run);
    told.clear();
    for (const { run, version } of changed) told.set(run, version);
    const last = changed.at(-1)?.changed_at ?? since;
    return last > since ? last : since;
  };

  const work = async () => {
    let since: Date | null = null;
    while (!life.signal.aborted) {
      if (connection === null) await listen();
      try {
        since = await look(since ?? (await timeOf(db)));
      } catch (error) {
        log.debug({ error: String(error) }, 'changes of the store could not be looked up; it is tried again');
      }
      await wait(connection ? LOOK_MS : LOOK_ALONE_MS, undefined, { signal: life.signal }).catch(() => undefined);
    }
  };

  return {
    watch(listener) {
      listeners.add(listener);
      looking ??= work();
      return () => listeners.delete(listener);
    },
    async stop() {
      life.abort();
      await looking;
      await connection?.end().catch(() => undefined);
    },
  };
}

async function changedSince(db: Kysely<Tables>, since: Date) {
  return db
    .selectFrom('runs')
    .select(['run', 'changed_at', sql<string>`changed_at::text`.as('version')])
    .where('changed_at', '>', since)
    .orderBy('changed_at')
    .limit(LOOK_ROWS)
    .execute();
}

async function timeOf(db: Kysely<Tables>): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(db);
  return rows[0]?.now ?? new Date();
}
