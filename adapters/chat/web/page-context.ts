import type { Person } from '../../../src/approval/person.ts';
import type { Application } from '../../../src/ports/application.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { RunRow } from './list-runs.ts';

/** What the page is made with. `listen` as configured (`127.0.0.1:3000`); `practice` when the practice incident is up. */
export interface WebPageOptions {
  readonly application: Application;
  readonly log: Log;
  readonly listen: string;
  readonly practice: { readonly service: string; readonly host: string } | null;
  /** Who sits at this machine, for approvals: `web:<name>`. */
  readonly person: Person;
  /** Base of the links that are passed on; null for this page's own. */
  readonly publicUrl: string | null;
  readonly version: string;
}

/** What the routes share. */
export interface PageContext extends WebPageOptions {
  /** In every form; new with each start. */
  readonly csrf: string;
  readonly listRuns: () => Promise<readonly RunRow[]>;
}

/** The address of a run to pass on to others. */
export function permalinkOf({ publicUrl }: PageContext, run: string): string {
  return `${publicUrl?.replace(/\/+$/, '') ?? ''}/runs/${encodeURIComponent(run)}`;
}
