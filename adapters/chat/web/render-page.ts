import { html } from 'hono/html';
import type { Button, Card } from '../../../src/view/card.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';
import { renderCard } from './render-card.ts';
import { type ListedRun, renderRunList } from './render-run-list.ts';
import { renderThread } from './render-thread.ts';

/** What stands around every page. */
export interface PageFrame {
  readonly runs: readonly ListedRun[];
  readonly practice: { readonly service: string; readonly host: string } | null;
  readonly version: string;
  readonly csrf: string;
  readonly delivery: string;
  /** What only the person who asked is told. */
  readonly told: Card | null;
  readonly targets: readonly string[];
}

type Html = ReturnType<typeof html>;

/** The page of one run, or of none yet. */
export function renderPage(frame: PageFrame, view: ThreadView | null): Html {
  const thread = view
    ? html`<div id="thread" aria-live="polite" data-stream="/runs/${view.run}/stream">${renderThread(view, frame.csrf)}</div>`
    : html`<div id="thread" data-stream="/stream">${renderWelcome(frame)}</div>`;
  return renderFrame(frame, view, view ? `${view.parent.title} · execfmt` : 'execfmt', thread);
}

export function renderNotFound(frame: PageFrame, run: string | null): Html {
  const what = run === null ? 'There is no such page.' : `There is no run ${run} here.`;
  return renderFrame(
    frame,
    null,
    'Not found · execfmt',
    html`<div id="thread"><p class="text">${what} <a href="/">To the newest run</a></p></div>`,
  );
}

/** Asks before a press, for browsers without JavaScript. */
export function renderConfirmation(
  frame: PageFrame,
  view: ThreadView,
  key: string,
  index: number,
  button: Button,
): Html {
  const { confirm } = button;
  return renderFrame(
    frame,
    view,
    `${confirm?.title ?? button.label} · execfmt`,
    html`<div id="thread"><article class="card decision"><header><h3>${confirm?.title ?? button.label}</h3></header><pre>${confirm?.text ?? ''}</pre>
      <div class="buttons"><form method="post" action="/runs/${view.run}/press">
        <input type="hidden" name="csrf" value="${frame.csrf}"><input type="hidden" name="key" value="${key}"><input type="hidden" name="index" value="${index}">
        <input type="hidden" name="hash" value="${button.press.hash ?? ''}"><input type="hidden" name="delivery" value="${frame.delivery}">
        <button class="primary">${confirm?.ok ?? button.label}</button></form>
        <a class="button plain" href="/runs/${view.run}">${confirm?.cancel ?? 'Back'}</a></div></article></div>`,
  );
}

function renderWelcome({ practice, targets }: PageFrame): Html {
  const example = practice?.service ?? targets[0] ?? 'pdf-renderer';
  return html`<div class="welcome">
    <h2>Why does my container not start?</h2>
    <p>Type <code>/execfmt</code> and the name of a service or container below. The thread grows step by step: what the host really is, what image was pulled, what the tag points to, which file fails to execute and why.</p>
    ${practice ? html`<p><span class="badge">Practice</span> An incident is ready on <code>${practice.host}</code>, nothing in it is real: type <code>/execfmt ${practice.service}</code>.</p>` : ''}
    <p>A diagnosis changes nothing. Nothing at all is changed without approval.</p>
    <p class="note">Try: <code>/execfmt ${example}</code> · <code>/execfmt list</code> · <code>/execfmt help</code></p>
  </div>`;
}

function renderFrame(frame: PageFrame, view: ThreadView | null, title: string, thread: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
  <title>${title}</title><link rel="stylesheet" href="/assets/page.css"><script src="/assets/page.js" defer></script>
</head>
<body>
  <a class="skip" href="#compose">To the command line</a>
  <nav aria-label="Runs"><header><h1><a href="/">execfmt</a></h1><span class="note">${frame.version}</span></header>
    <details open><summary># incidents</summary><div id="runs">${renderRunList(frame.runs, view?.run ?? null)}</div></details></nav>
  <main>
    ${frame.told ? html`<section class="told" aria-label="Only you see this"><p class="note">Only you see this</p>${renderCard(frame.told, null, null)}</section>` : ''}
    ${thread}
    <form id="compose" method="post" action="/command">
      <input type="hidden" name="csrf" value="${frame.csrf}"><input type="hidden" name="delivery" value="${frame.delivery}"><input type="hidden" name="run" value="${view?.run ?? ''}">
      <label class="sr" for="text">Command</label>
      <input id="text" name="text" required maxlength="1000" autocomplete="off" spellcheck="false" list="targets" placeholder="/execfmt ${frame.practice?.service ?? 'pdf-renderer'}">
      <datalist id="targets">${frame.targets.map((name) => html`<option value="/execfmt ${name}"></option>`)}</datalist>
      <button class="primary">Send</button>
    </form>
  </main>
</body>
</html>`;
}
