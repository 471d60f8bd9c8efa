import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Card } from '../../../src/view/card.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';
import { type PageContext, permalinkOf } from './page-context.ts';
import { readPress } from './read-form.ts';
import { renderConfirmation } from './render-button.ts';
import { renderPrivate } from './render-card.ts';
import { type PageContent, renderPage, renderScroller } from './render-page.ts';
import { fragmentsOf } from './render-thread.ts';
import { renderSentence, renderWelcome } from './render-welcome.ts';
import type { Markup } from './show-text.ts';

export type ErrorStatus = 400 | 403 | 404 | 411 | 413 | 415;

/** The answers that are whole pages. */
export interface Pages {
  /** The latest run, or before the first one what to type. */
  start(request: Context, note: Card | undefined): Promise<Response>;
  run(request: Context, run: string, note: Card | undefined): Promise<Response>;
  /** The question before a press, for as long as the thread offers that press. */
  confirmation(request: Context, run: string): Promise<Response>;
  noRun(request: Context): Promise<Response>;
  sentence(request: Context, status: ErrorStatus, title: string, sentence: string): Promise<Response>;
}

export function createPages(context: PageContext): Pages {
  const { application, csrf } = context;
  const show = async (request: Context, content: PageContent, status: ErrorStatus | 200 = 200): Promise<Response> =>
    request.html(renderPage(context, await context.listRuns(), await application.targets(), content), status);
  const showRun = (request: Context, view: ThreadView, note: Card | undefined): Promise<Response> => {
    const fragments = fragmentsOf(view, csrf, permalinkOf(context, view.run)).map(({ render }) => render());
    const main = renderScroller(fragments, `Thread of ${view.target}`);
    const notes = noteOf(note, `/runs/${encodeURIComponent(view.run)}`, csrf);
    return show(request, { title: view.parent.title, run: view.run, live: true, notes, main });
  };
  const pages: Pages = {
    async start(request, note) {
      const [latest] = await application.runs(1);
      const view = latest ? await application.thread(latest.run) : null;
      if (view) return showRun(request, view, note);
      const main = renderScroller(renderWelcome(context, await application.targets()), 'Welcome');
      return show(request, { title: '#incidents', run: null, live: true, notes: noteOf(note, '/', csrf), main });
    },
    async run(request, run, note) {
      const view = await application.thread(run);
      return view ? showRun(request, view, note) : pages.noRun(request);
    },
    async confirmation(request, run) {
      const view = await application.thread(run);
      if (!view) return pages.noRun(request);
      const button = findButton(view, new URL(request.req.url).searchParams);
      const gone = 'The thread has moved on since. Nothing was done; look at it again.';
      if (!button) return pages.sentence(request, 404, 'This is no longer offered', gone);
      const main = renderScroller(renderConfirmation(button, csrf, view.practice), 'Confirmation');
      return show(request, { title: button.label, run, live: false, notes: html``, main });
    },
    noRun: (request) =>
      pages.sentence(request, 404, 'No such run', 'No run has this name. The list of runs has those that there are.'),
    sentence: (request, status, title, sentence) => {
      const main = renderScroller(renderSentence(title, sentence), title);
      return show(request, { title, run: null, live: false, notes: html``, main }, status);
    },
  };
  return pages;
}

function noteOf(card: Card | undefined, back: string, csrf: string): Markup {
  return card ? renderPrivate(card, 'note', back, csrf) : html``;
}

/** The button of the thread that stands for the press in an address; what is shown comes from the thread alone. */
function findButton({ run, parent, replies }: ThreadView, address: URLSearchParams) {
  const asked = readPress(run, address);
  return [parent, ...replies.map(({ card }) => card)]
    .flatMap(({ buttons }) => buttons)
    .find(
      ({ press }) =>
        press.run === run &&
        press.action === asked?.action &&
        press.subject === asked.subject &&
        press.hash === asked.hash,
    );
}
