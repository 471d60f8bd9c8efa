import pg from 'pg';
import type { Log } from '../../../src/ports/log.ts';

/** How long a connection may take to come about, and a statement to be answered. Milliseconds. */
const CONNECT_MS = 5_000;
const STATEMENT_MS = 10_000;
/** The server ends a transaction that waits for us for longer: its locks would hold up the other replicas. Milliseconds. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const CONNECTIONS = 8;

/** Connections of one process to the store, with a deadline on all that is asked. Opens none yet. */
export function openPool(url: string, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    // Longer than the server's own: that one says which statement it was.
    query_timeout: STATEMENT_MS + 5_000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    application_name: 'execfmt journal',
  });
  // One that breaks while it is used rejects what it was asked, and says so here besides.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // A connection that breaks while nobody uses it is only replaced.
  pool.on('error', (error) => log.debug({ error: String(error) }, 'an idle connection to the store ended'));
  return pool;
}

/** Where a store is, without the password; for messages. */
export function placeOf(url: string): string {
  const place = URL.parse(url);
  return place
    ? `postgres://${place.username ? `${place.username}@` : ''}${place.host}${place.pathname}`
    : 'postgres://…';
}
