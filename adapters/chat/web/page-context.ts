import type { Person } from '../../../src/approval/person.ts';
import type { Application } from '../../../src/ports/application.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import { permalinkOf } from '../../../src/view/permalink.ts';
import type { RunList } from './list-runs.ts';
import type { Sessions, SignInPerson } from './sessions.ts';
import { runPath } from './visitor.ts';

/** What the page is made with. `listen` as configured (`127.0.0.1:3000`); `practice` when the practice incident is up. */
export interface WebPageOptions {
  readonly application: Application;
  readonly log: Log;
  readonly clock: Clock;
  readonly listen: string;
  readonly practice: { readonly service: string; readonly host: string } | null;
  /** Who sits at this machine, for approvals: `web:<name>`. Of no meaning where people sign in. */
  readonly person: Person;
  /** Who may sign in. Empty: nobody does, and the page answers on this machine only. */
  readonly people: readonly SignInPerson[];
  /** Base of the links that are passed on; null for this page's own. */
  readonly publicUrl: string | null;
  readonly version: string;
}

/** What the routes share. */
export interface PageContext extends WebPageOptions {
  /** Null where nobody signs in. */
  readonly sessions: Sessions | null;
  /** In the forms of the person at this machine; new with each start. */
  readonly csrf: string;
  /** Where forms may come from beside the address that was asked: the `publicUrl`'s, behind a proxy. */
  readonly origins: readonly string[];
  readonly listRuns: RunList;
}

/** The address of a run to pass on to others. */
export function addressOf({ publicUrl }: PageContext, run: string): string {
  return permalinkOf(publicUrl, run) ?? runPath(run);
}
