import type { Application } from '../../../src/ports/application.ts';
import type { RunListing } from '../../../src/ports/journal.ts';
import { foldRun, type RunState } from '../../../src/run/run-state.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';
import { BoundedMap } from './bounded-map.ts';

/** Runs in the list beside the thread, and on the first page of a search. */
export const SHOWN = 50;

/** The most that are listed at once. */
export const MOST = 500;

/** A run in a list; `state` is the end of the parent card's title, in the parent's tone. */
export interface RunRow extends RunListing {
  readonly state: string;
  readonly tone: ThreadView['parent']['tone'];
  readonly practice: boolean;
  /** Who asked; empty when nobody can be named. */
  readonly by: string;
  /** The verdict's; null before there is one. */
  readonly outcome: string | null;
  readonly fault: string | null;
}

type Heading = Omit<RunRow, keyof RunListing>;

/** Gives the newest runs with their states, no more than `limit`. */
export type RunList = (limit: number, matching?: string) => Promise<readonly RunRow[]>;

/** Lists runs; a run is read again only after it has changed. */
export function createRunList(application: Application): RunList {
  const headings = new BoundedMap<Promise<Heading>>(MOST * 2);
  application.watch((run) => headings.delete(run));
  const headingOf = (listing: RunListing): Promise<Heading> => {
    const kept = headings.get(listing.run);
    if (kept) return kept;
    const reading = Promise.all([application.thread(listing.run), application.events(listing.run)]);
    const heading = reading.then(([view, events]) => readHeading(listing, view, foldRun(events)));
    headings.set(listing.run, heading);
    heading.catch(() => headings.delete(listing.run));
    return heading;
  };
  return async (limit, matching = '') => {
    const listings = await application.runs(limit, matching);
    return Promise.all(listings.map(async (listing) => ({ ...listing, ...(await headingOf(listing)) })));
  };
}

function readHeading({ target }: RunListing, view: ThreadView | null, state: RunState | null): Heading {
  const verdict = state?.verdict?.verdict;
  const facts = { by: state?.by.name ?? '', outcome: verdict?.outcome ?? null, fault: verdict?.fault ?? null };
  if (!view) return { ...facts, state: 'unknown', tone: 'unknown', practice: false };
  const { title, tone } = view.parent;
  const word = title.startsWith(`${target}: `) ? title.slice(target.length + 2) : title;
  return { ...facts, state: word, tone, practice: view.practice };
}
