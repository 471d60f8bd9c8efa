import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { SCHEMA } from './tables.ts';

/**
 * The journal's tables, one step a version, run in the order of their names. A step that was released is never changed; a new
 * one only adds what older programs need not know (a table, a column with a default), as they run beside newer ones.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-journal': { up: (db) => runAll(db, JOURNAL) },
  '0002-inbox': { up: (db) => runAll(db, INBOX) },
};

const JOURNAL = [
  `CREATE TABLE ${SCHEMA}.runs (
     number     bigint GENERATED ALWAYS AS IDENTITY,
     run        text PRIMARY KEY,
     target     text NOT NULL,
     opened_at  timestamptz NOT NULL,
     is_open    boolean NOT NULL,
     last_seq   integer NOT NULL,
     changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  `CREATE UNIQUE INDEX one_open_run_a_target ON ${SCHEMA}.runs (target) WHERE is_open`,
  `CREATE INDEX runs_by_time ON ${SCHEMA}.runs (opened_at, number)`,
  `CREATE INDEX runs_by_change ON ${SCHEMA}.runs (changed_at)`,
  `CREATE TABLE ${SCHEMA}.events (
     run  text NOT NULL REFERENCES ${SCHEMA}.runs (run),
     seq  integer NOT NULL,
     key  text NOT NULL,
     at   timestamptz NOT NULL,
     fact json NOT NULL,
     call text NOT NULL,
     PRIMARY KEY (run, seq),
     UNIQUE (run, key)
   )`,
  `CREATE FUNCTION ${SCHEMA}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation'; END $$`,
  `CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${SCHEMA}.events
     FOR EACH STATEMENT EXECUTE FUNCTION ${SCHEMA}.refuse_change()`,
  `CREATE TABLE ${SCHEMA}.claims (key text PRIMARY KEY, at timestamptz NOT NULL, call text NOT NULL)`,
  `CREATE INDEX claims_by_time ON ${SCHEMA}.claims (at)`,
  `CREATE TABLE ${SCHEMA}.posted (
     run text NOT NULL, chat text NOT NULL, key text NOT NULL, ref text, version text NOT NULL,
     PRIMARY KEY (run, chat, key)
   )`,
  `CREATE TABLE ${SCHEMA}.told (run text NOT NULL, chat text NOT NULL, seq integer NOT NULL, PRIMARY KEY (chat, run))`,
  `CREATE TABLE ${SCHEMA}.leases (name text PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL)`,
];

const INBOX = [
  `CREATE TABLE ${SCHEMA}.inbox (key text PRIMARY KEY, intent json NOT NULL, at timestamptz NOT NULL)`,
  `CREATE INDEX inbox_by_time ON ${SCHEMA}.inbox (at)`,
];

async function runAll(db: Kysely<unknown>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
