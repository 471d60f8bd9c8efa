import { createLocalWorkflows } from '../../adapters/durable/local/workflows.ts';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Workflows } from '../ports/workflows.ts';

/** What is kept: runs, and work under way. Each is stopped by whoever opened it. */
export interface Store {
  readonly journal: Journal;
  readonly workflows: Workflows;
}

const isPostgres = (store: string) => /^postgres(ql)?:\/\//.test(store);

/** A store as it may be shown: a URL has no password. */
export function placeOfStore(store: string): string {
  const url = isPostgres(store) ? URL.parse(store) : null;
  return url ? `${url.protocol}//${url.host}${url.pathname}` : store;
}

/** The journal of a store: a SQLite file, `:memory:` or postgres://…. The libraries for PostgreSQL are loaded only for it. */
export async function openJournal(store: string, log: Log): Promise<Journal> {
  if (!isPostgres(store)) return openSqliteJournal(store);
  const { openPostgresJournal } = await import('../../adapters/journal/postgres/journal.ts');
  return openPostgresJournal({ url: store, log });
}

/**
 * The journal and the durable work of a store. `alone`: what this process begins it does itself, as a command in a terminal
 * does; otherwise any replica may do it.
 */
export async function openStore(store: string, log: Log, clock: Clock, alone: boolean): Promise<Store> {
  const journal = await openJournal(store, log);
  if (!isPostgres(store)) return { journal, workflows: createLocalWorkflows({ path: store, clock, log }) };
  if (alone) return { journal, workflows: createLocalWorkflows({ path: ':memory:', clock, log }) };
  const { createDbosWorkflows } = await import('../../adapters/durable/dbos/workflows.ts');
  return { journal, workflows: createDbosWorkflows({ url: store, clock, log }) };
}
