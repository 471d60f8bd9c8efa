import { setTimeout as wait } from 'node:timers/promises';
import type { DBOSClient, DLogger } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import type { Log } from '../../../src/ports/log.ts';
import { createRows, type Rows, SCHEMA } from './rows.ts';

export type Sdk = typeof import('@dbos-inc/dbos-sdk');

/** The queue that all work goes through, and how often a replica looks into it. Milliseconds. */
export const QUEUE = 'execfmt';
const QUEUE_LOOK_MS = 200;

/** The name of the application in DBOS's tables. */
export const APPLICATION = 'execfmt';

/** Names the advisory lock of the migrations. */
const MIGRATION_LOCK = 7_259_003;
const MIGRATION_MS = 60_000;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 10_000;
const CONNECTIONS = 8;

/** What works before and beside the executor. */
export interface Connection {
  readonly pool: pg.Pool;
  readonly rows: Rows;
  readonly client: DBOSClient;
  readonly logger: DLogger;
  end(): Promise<void>;
}

/** Brings DBOS's tables up to date and registers the queue. Rejects when the store cannot be used. */
export async function connect(sdk: Sdk, url: string, log: Log): Promise<Connection> {
  const logger = loggerOf(log);
  await migrate(sdk, url, logger);
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + 5_000,
    idle_in_transaction_session_timeout: STATEMENT_MS,
    keepAlive: true,
    application_name: 'execfmt workflows',
  });
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  pool.on('error', () => undefined);
  const client = await sdk.DBOSClient.create({
    systemDatabaseUrl: url,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: SCHEMA,
    applicationName: APPLICATION,
    logger,
  });
  await client.registerQueue(QUEUE, { minPollingIntervalMs: QUEUE_LOOK_MS });
  const end = async () => {
    await client.destroy();
    await pool.end();
  };
  return { pool, rows: createRows(pool), client, logger, end };
}

/**
 * One process at a time migrates. The others ask again and again rather than wait inside a statement: DBOS builds indexes
 * concurrently, which waits for every statement under way, also for one that waits for this lock.
 */
async function migrate(sdk: Sdk, url: string, logger: DLogger): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const end = performance.now() + MIGRATION_MS;
    for (;;) {
      const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [MIGRATION_LOCK]);
      if (rows[0]?.got) break;
      if (performance.now() > end)
        throw new Error('Another replica has been migrating the store for a minute; look at its log.');
      await wait(100);
    }
    await migrateQuietly(sdk, url, logger);
  } finally {
    await client.end();
  }
}

/** DBOS.migrate itself prints on stdout, which belongs to the commands; a client's database does the same with our logger. */
async function migrateQuietly(sdk: Sdk, url: string, logger: DLogger): Promise<void> {
  // Without a deadline for statements: to build an index on a large table may take long.
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: CONNECT_MS });
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  pool.on('error', () => undefined);
  try {
    const options = { systemDatabaseUrl: url, systemDatabasePool: pool, systemDatabaseSchemaName: SCHEMA, logger };
    const client = await sdk.DBOSClient.create(options);
    const { systemDatabase } = client as unknown as { systemDatabase: { init(): Promise<void> } };
    await systemDatabase.init();
    await client.destroy();
  } finally {
    await pool.end();
  }
}

/** DBOS's own words are for its developers: what it informs of is debugging here. */
function loggerOf(log: Log): DLogger {
  const text = (entry: unknown) => (entry instanceof Error ? `${entry.name}: ${entry.message}` : String(entry));
  return {
    debug: (entry) => log.debug({}, `dbos: ${text(entry)}`),
    info: (entry) => log.debug({}, `dbos: ${text(entry)}`),
    warn: (entry) => log.debug({}, `dbos: ${text(entry)}`),
    error: (entry) => log.warn({}, `dbos: ${text(entry)}`),
  };
}
