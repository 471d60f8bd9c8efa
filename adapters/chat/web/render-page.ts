import { html } from 'hono/html';
import type { RunRow } from './list-runs.ts';
import type { PageContext } from './page-context.ts';
import { formTokens } from './render-button.ts';
import { renderDocument } from './render-document.ts';
import { renderRuns } from './render-runs.ts';
import { type Markup, showText } from './show-text.ts';
import { runPath, type Visitor } from './visitor.ts';

/** What differs from page to page. */
export interface PageContent {
  readonly title: string;
  /** The run that is shown. */
  readonly run: string | null;
  /** The path of the stream that keeps it up to date; empty for a page that does not change. */
  readonly stream: string;
  /** Whether a reader wants its end first, and to stay there. */
  readonly following: boolean;
  readonly notes: Markup;
  readonly main: Markup;
}

const TARGET_LIMIT = 200;

/** The whole page: the runs on the left, what is shown in the middle, the composer below. */
export function renderPage(
  visitor: Visitor,
  { version }: PageContext,
  rows: readonly RunRow[],
  targets: readonly string[],
  content: PageContent,
): Markup {
  const { title, run, stream, following, notes, main } = content;
  const body = html`<a class="skip" href="#command">Skip to the command field</a>
<aside id="side" class="side" popover aria-label="Runs and sign-in">
<p class="brand"><a href="/">execfmt</a> <span class="version">${version}</span></p>
<nav aria-label="Runs"><p class="heading"><span>#incidents</span> <a href="/runs">All runs, search</a></p><div id="runs">${renderRuns(rows, run)}</div></nav>
${renderVisitor(visitor)}
</aside>
<main>
<div class="channel"><button type="button" class="button plain menu" popovertarget="side">Runs</button><p><strong>#incidents</strong></p><p id="connection" role="status">${
    stream === '' ? '' : html`<noscript><a href="">Reload</a> to see what is new</noscript>`
  }</p></div>
<div id="notes" role="status">${notes}</div>
${main}
${renderComposer(visitor, targets, run)}
<p id="news" class="unseen" aria-live="polite"></p>
</main>`;
  const script = html`
<script src="/assets/page.js" defer></script>`;
  return renderDocument(
    title,
    body,
    script,
    html` data-stream="${stream}" data-following="${following ? 'yes' : 'no'}"`,
  );
}

function renderVisitor({ person, session, csrf }: Visitor): Markup {
  const out = session
    ? html`<form method="post" action="/sign-out">${formTokens(csrf)}<button class="button plain">Sign out</button></form>`
    : '';
  return html`<div class="you"><p>You are <strong>${showText(person.name, 100)}</strong> <code>${showText(person.id, 100)}</code></p>${out}</div>`;
}

function renderComposer({ csrf }: Visitor, targets: readonly string[], run: string | null): Markup {
  const names = targets
    .slice(0, TARGET_LIMIT)
    .map((name) => html`<option value="/execfmt ${showText(name, 200)}"></option>`);
  return html`<form class="composer" method="post" action="/command" data-send>${formTokens(csrf)}${
    run === null ? '' : html`<input type="hidden" name="run" value="${run}">`
  }<label class="unseen" for="command">Command</label><input id="command" name="text" type="text" list="targets" placeholder="/execfmt pdf-renderer" maxlength="500" required autocomplete="off" autocapitalize="off" spellcheck="false" autofocus><datalist id="targets">${names}</datalist><button class="button primary">Send</button><p class="hint">A diagnosis changes nothing. <code>/execfmt help</code> says what else you can type.</p></form>`;
}

/** Where a thread stands; the script replaces what is in it piece by piece. */
export function renderScroller(inside: Markup | readonly Markup[], label: string): Markup {
  return html`<section class="scroller" id="scroller" tabindex="0" aria-label="${label}"><div id="thread">${inside}</div><p id="end"></p></section><button type="button" class="button plain latest" id="latest" hidden>New replies ↓</button>`;
}

/** The stream of a run's page. */
export const streamOf = (run: string): string => `${runPath(run)}/stream`;
