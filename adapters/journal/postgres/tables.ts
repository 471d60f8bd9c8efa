import type { ColumnType, Generated } from 'kysely';
import type { Intent } from '../../../src/ports/application.ts';
import type { RunFact } from '../../../src/run/events.ts';

/** The schema that holds the journal's tables, beside whatever else the database is used for. */
export const SCHEMA = 'execfmt';

/** A `json` column: text goes in, as JSON.stringify writes it; the parsed value comes out. */
type Json<T> = ColumnType<T, string, string>;

/** The tables as this program reads them. Numbers are `integer`: a `bigint` would come back as text. */
export interface Tables {
  runs: {
    number: Generated<string>;
    run: string;
    target: string;
    opened_at: Date;
    is_open: boolean;
    last_seq: number;
    changed_at: Generated<Date>;
  };
  events: {
    run: string;
    seq: number;
    key: string;
    at: Date;
    fact: Json<RunFact>;
    /** Which call wrote it, so that a call that is repeated after a cut connection knows its own. */
    call: string;
  };
  claims: { key: string; at: Date; call: string };
  /** What was received and is not handled to the end. */
  inbox: { key: string; intent: Json<Intent>; at: Date };
  posted: { run: string; chat: string; key: string; ref: string | null; version: string };
  told: { run: string; chat: string; seq: number };
  leases: { name: string; holder: string; until: Date };
}
