import { html } from 'hono/html';
import type { RunListing } from '../../../src/ports/journal.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';

export interface ListedRun {
  readonly listing: RunListing;
  readonly view: ThreadView;
}

const MARK = { working: '⋯', ok: '✓', problem: '✗', unknown: '?', decision: '→' } as const;

/** The runs, newest first; the chosen one is marked. */
export function renderRunList(runs: readonly ListedRun[], chosen: string | null) {
  if (runs.length === 0) return html`<p class="note">No runs yet.</p>`;
  return html`<ul>${runs.map(
    ({
      listing,
      view,
    }) => html`<li><a href="/runs/${listing.run}" ${listing.run === chosen ? html`aria-current="page"` : ''}>
      <span class="mark ${view.parent.tone}" aria-hidden="true">${MARK[view.parent.tone]}</span>
      <span class="title">${view.parent.title}${view.practice ? html` <span class="badge">Practice</span>` : ''}</span>
      <time datetime="${listing.openedAt}">${listing.openedAt.slice(5, 10)} ${listing.openedAt.slice(11, 16)} UTC</time></a></li>`,
  )}</ul>`;
}
