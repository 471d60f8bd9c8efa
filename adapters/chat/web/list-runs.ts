import type { Application } from '../../../src/ports/application.ts';
import type { RunListing } from '../../../src/ports/journal.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';
import { BoundedMap } from './bounded-map.ts';

const LIMIT = 50;

/** A run in the list on the left; `state` is the end of the parent card's title, in the parent's tone. */
export interface RunRow extends RunListing {
  readonly state: string;
  readonly tone: ThreadView['parent']['tone'];
  readonly practice: boolean;
}

type Heading = Pick<RunRow, 'state' | 'tone' | 'practice'>;

/** Gives the newest runs with their states; a thread is read again only after its run has changed. */
export function createRunList(application: Application): () => Promise<readonly RunRow[]> {
  const headings = new BoundedMap<Promise<Heading>>(LIMIT * 2);
  application.watch((run) => headings.delete(run));
  const headingOf = (listing: RunListing): Promise<Heading> => {
    const kept = headings.get(listing.run);
    if (kept) return kept;
    const heading = application.thread(listing.run).then((view) => readHeading(listing, view));
    headings.set(listing.run, heading);
    heading.catch(() => headings.delete(listing.run));
    return heading;
  };
  return async () => {
    const listings = await application.runs(LIMIT);
    return Promise.all(listings.map(async (listing) => ({ ...listing, ...(await headingOf(listing)) })));
  };
}

function readHeading({ target }: RunListing, view: ThreadView | null): Heading {
  if (!view) return { state: 'unknown', tone: 'unknown', practice: false };
  const { title, tone } = view.parent;
  const state = title.startsWith(`${target}: `) ? title.slice(target.length + 2) : title;
  return { state, tone, practice: view.practice };
}
