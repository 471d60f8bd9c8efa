import { html } from 'hono/html';
import type { RunRow } from './list-runs.ts';
import type { PageContext } from './page-context.ts';
import { formTokens } from './render-button.ts';
import { renderRuns } from './render-runs.ts';
import { type Markup, showText } from './show-text.ts';

/** What differs from page to page. */
export interface PageContent {
  readonly title: string;
  /** The run that is shown. */
  readonly run: string | null;
  /** Whether what is shown grows. */
  readonly live: boolean;
  readonly notes: Markup;
  readonly main: Markup;
}

const TARGET_LIMIT = 200;

/** The whole page: the runs on the left, the thread in the middle, the composer below. */
export function renderPage(
  context: PageContext,
  rows: readonly RunRow[],
  targets: readonly string[],
  content: PageContent,
): Markup {
  const { title, run, live, notes, main } = content;
  const stream = !live ? '' : run === null ? '/stream' : `/runs/${encodeURIComponent(run)}/stream`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${showText(title, 200)} · execfmt</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/page.js" defer></script>
</head>
<body data-stream="${stream}">
<a class="skip" href="#command">Skip to the command field</a>
<aside id="side" class="side" popover>
<p class="brand"><a href="/">execfmt</a> <span class="version">${context.version}</span></p>
<nav aria-label="Runs"><p class="heading"><span>#incidents</span></p><div id="runs">${renderRuns(rows, run)}</div></nav>
<p class="you">You are <strong>${showText(context.person.name, 100)}</strong> <code>${showText(context.person.id, 100)}</code></p>
</aside>
<main>
<div class="channel"><button type="button" class="button plain menu" popovertarget="side">Runs</button><p><strong>#incidents</strong></p><p id="connection" role="status">${
    live ? html`<noscript><a href="">Reload</a> to see what is new</noscript>` : ''
  }</p></div>
<div id="notes" role="status">${notes}</div>
${main}
${renderComposer(context, targets, run)}
</main>
<p id="news" class="unseen" aria-live="polite"></p>
</body>
</html>`;
}

function renderComposer({ csrf }: PageContext, targets: readonly string[], run: string | null): Markup {
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
