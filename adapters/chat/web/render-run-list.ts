import { html } from 'hono/html';
import { MOST, type RunRow, SHOWN } from './list-runs.ts';
import { type Markup, showText } from './show-text.ts';
import { showDayAndTime } from './show-time.ts';
import { practiceBadge, toneIcon } from './show-tone.ts';
import { runPath } from './visitor.ts';

/** What is looked for, and how many are shown at most. */
export interface RunQuery {
  readonly matching: string;
  readonly limit: number;
}

/** Longer than any id or target. */
const QUERY_LIMIT = 300;

/** Reads `?q=` and `?limit=`; what is no number, or too large, is brought within bounds. */
export function readRunQuery(parameters: URLSearchParams): RunQuery {
  const asked = Math.trunc(Number(parameters.get('limit') ?? SHOWN));
  const limit = Number.isFinite(asked) ? Math.min(Math.max(asked, 1), MOST) : SHOWN;
  return { matching: (parameters.get('q') ?? '').trim().slice(0, QUERY_LIMIT), limit };
}

/** The path of a list, or of its stream. */
export function listPath(path: string, { matching, limit }: RunQuery): string {
  const parameters = new URLSearchParams();
  if (matching !== '') parameters.set('q', matching);
  if (limit !== SHOWN) parameters.set('limit', String(limit));
  return parameters.size > 0 ? `${path}?${parameters}` : path;
}

/** The page of all runs: the search, and what it has found. */
export function renderRunList(query: RunQuery, found: Markup): Markup {
  return html`<section class="all"><h1>Runs</h1><form class="search" role="search" method="get" action="/runs"><label for="q">Part of a run’s id or target</label><div class="field"><input id="q" name="q" type="search" value="${query.matching}" maxlength="${QUERY_LIMIT}" autocomplete="off" autocapitalize="off" spellcheck="false"><button class="button plain">Search</button></div></form><div id="list">${found}</div></section>`;
}

/** The runs that were found, newest first; `rows` has one more than are shown when there are more. */
export function renderFound(query: RunQuery, rows: readonly RunRow[]): Markup {
  const { matching, limit } = query;
  const shown = rows.slice(0, limit);
  const about = matching === '' ? '' : html` with <q>${showText(matching, 100)}</q>`;
  if (shown.length === 0) {
    const all = matching === '' ? '' : html` <a href="/runs">Show all runs</a>`;
    return html`<p class="text" role="status">${matching === '' ? 'No runs yet.' : html`No runs${about}.`}${all}</p>`;
  }
  const more = rows.length > limit;
  const count = `${more ? 'The newest ' : ''}${shown.length} ${shown.length === 1 ? 'run' : 'runs'}`;
  return html`<p class="note" role="status">${count}${about}</p><ol class="found" aria-label="Runs, newest first">${shown.map(renderRow)}</ol>${more ? renderMore(query) : ''}`;
}

function renderRow({ run, target, state, tone, practice, by, outcome, fault, openedAt }: RunRow): Markup {
  const verdict = outcome === null ? 'no verdict' : fault === null ? outcome : `${outcome}: ${fault}`;
  const who = by === '' ? '' : html`<span>asked by ${showText(by, 100)}</span>`;
  return html`<li><p class="target"><a id="found:${run}" href="${runPath(run)}">${showText(target, 200)}</a>${practiceBadge(practice)}<span class="state tone-${tone}">${toneIcon(tone)}${showText(state, 100)}</span></p><p class="about"><code>${showText(run, 100)}</code><span>${showText(verdict, 100)}</span>${who}${showDayAndTime(openedAt)}</p></li>`;
}

function renderMore(query: RunQuery): Markup {
  if (query.limit >= MOST) return html`<p class="note">Only the newest ${MOST} are listed. Search for others.</p>`;
  const next = { ...query, limit: Math.min(query.limit + SHOWN, MOST) };
  return html`<p><a class="button plain" id="more" href="${listPath('/runs', next)}">Show more</a></p>`;
}
