import pg from 'pg';
import { type Answer, failed, known } from '../../../src/playbook/answer.ts';
import type { Reached } from '../../../src/ports/connection.ts';

const CONNECT_MS = 5_000;

/** What a server says when the login or the database is wrong (PostgreSQL, appendix A, classes 28 and 3D). */
const DENIED = ['28000', '28P01', '42501'];
const NO_DATABASE = '3D000';

/**
 * Whether a PostgreSQL answers and its account may make what the store is made of. Nothing is made. `url` may hold a password: it is
 * never shown.
 */
export async function tryPostgresStore(url: string, signal: AbortSignal): Promise<Answer<Reached>> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
  });
  // A connection that is cut tells so here too; without a listener that would end the program.
  client.on('error', () => undefined);
  const end = () => void client.end().catch(() => undefined);
  signal.addEventListener('abort', end, { once: true });
  const target = `${client.host}:${client.port}/${client.database ?? ''}`;
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; may: boolean; follows: boolean }>(
      `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS follows,
              has_schema_privilege(current_schema(), 'CREATE') AS may`,
    );
    const [row] = rows;
    if (row?.follows)
      return failed('denied', target, 'This server is a standby: it takes no writes. Name the primary.');
    const lacks = row?.may ? [] : ['CREATE on the schema: its tables cannot be made or migrated'];
    return known({ detail: `PostgreSQL ${row?.version ?? ''}`.trim(), lacks });
  } catch (error) {
    return refusal(error, target);
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

function refusal(error: unknown, target: string): Answer<never> {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code !== null && DENIED.includes(code))
    return failed(
      'denied',
      target,
      `The server does not take this login (${code}). Check user and password in DATABASE_URL.`,
    );
  if (code === NO_DATABASE) return failed('not-found', target, 'There is no such database. Create it first.');
  const why = code === null ? 'no answer in time' : code;
  return failed(
    'unreachable',
    target,
    `PostgreSQL could not be reached (${why}). See whether it is up and the address is right.`,
  );
}
