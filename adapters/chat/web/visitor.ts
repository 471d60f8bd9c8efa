import type { Context } from 'hono';
import type { Person } from '../../../src/approval/person.ts';
import type { Session } from './sessions.ts';

/** Who looks at the page, and what their forms carry. */
export interface Visitor {
  readonly person: Person;
  readonly csrf: string;
  /** Null where nobody signs in: the person at this machine. */
  readonly session: Session | null;
}

/** What the routes find in a request once it is known who sent it. */
export interface PageEnv {
  Variables: { visitor: Visitor };
}

export type PageRequest = Context<PageEnv>;

/** What the forms in a piece of the page need to know of where they stand. */
export interface Place {
  readonly csrf: string;
  /** The path of the page that a form without a run leads back to. */
  readonly back: string;
  /** The private answer that it stands in, by its name in `?note=`; null in a thread. */
  readonly note: string | null;
}

/** The path of a run's page. */
export const runPath = (run: string): string => `/runs/${encodeURIComponent(run)}`;
