import { html } from 'hono/html';
import type { RunRow } from './list-runs.ts';
import { type Markup, showText } from './show-text.ts';
import { showDayAndTime } from './show-time.ts';
import { practiceBadge, toneIcon } from './show-tone.ts';
import { runPath } from './visitor.ts';

/** The list of runs, newest first; the one that is open is marked. */
export function renderRuns(rows: readonly RunRow[], open: string | null): Markup {
  if (rows.length === 0) return html`<p class="none">No runs yet.</p>`;
  const items = rows.map(
    ({ run, target, state, tone, practice, openedAt }) =>
      html`<li><a id="run:${run}" href="${runPath(run)}"${run === open ? html` aria-current="page"` : ''}><span class="target">${showText(target, 200)}${practiceBadge(practice)}</span><span class="state tone-${tone}">${toneIcon(tone)}${showText(state, 100)}</span>${showDayAndTime(openedAt)}</a></li>`,
  );
  return html`<ol>${items}</ol>`;
}
