import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from './migrations.ts';
import { SCHEMA, type Tables } from './tables.ts';

/** Names the advisory lock of the migrations; any number that nothing else in the database uses. */
const LOCK = 7_259_001;

/**
 * Brings the tables to what this program needs. Replicas that start at once do it one after the other. A store that a newer
 * program has brought further is used as it is: its steps only add.
 */
export async function migrateJournal(db: Kysely<Tables>): Promise<void> {
  if (await isUpToDate(db)) return;
  await db.connection().execute(async (connection) => {
    await sql`SELECT pg_advisory_lock(${LOCK})`.execute(connection);
    try {
      if (await isUpToDate(connection)) return;
      await sql`CREATE SCHEMA IF NOT EXISTS ${sql.id(SCHEMA)}`.execute(connection);
      const { error } = await migratorOf(connection).migrateToLatest();
      if (error) throw error;
    } finally {
      await sql`SELECT pg_advisory_unlock(${LOCK})`.execute(connection);
    }
  });
}

const migratorOf = (db: Kysely<Tables>) =>
  new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) }, migrationTableSchema: SCHEMA });

/** Whether all steps that this program knows were made, whoever made them. */
async function isUpToDate(db: Kysely<Tables>): Promise<boolean> {
  const { rows } = await sql<{
    made: string | null;
  }>`SELECT to_regclass(${`${SCHEMA}.kysely_migration`}) AS made`.execute(db);
  if (!rows[0]?.made) return false;
  const made = await sql<{ name: string }>`SELECT name FROM ${sql.id(SCHEMA, 'kysely_migration')}`.execute(db);
  const names = new Set(made.rows.map(({ name }) => name));
  return Object.keys(MIGRATIONS).every((name) => names.has(name));
}
