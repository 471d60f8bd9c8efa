import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { ThreadView } from '../../../src/view/thread-view.ts';
import { type PageContext, permalinkOf } from './page-context.ts';
import { PAGE_ICON } from './page-icon.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { readPress } from './read-form.ts';
import { renderConfirmation } from './render-button.ts';
import { renderPrivate } from './render-card.ts';
import { type PageContent, renderPage, renderScroller } from './render-page.ts';
import { fragmentsOf } from './render-thread.ts';
import { renderSentence, renderWelcome } from './render-welcome.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { Markup } from './show-text.ts';
import { createChangeStreams } from './stream-changes.ts';
import { createFormTaker, isScript } from './take-form.ts';

type ErrorStatus = 400 | 403 | 404 | 411 | 413 | 415 | 500;

/** The addresses of the page. */
export function createRoutes(context: PageContext): Hono {
  const { application, csrf, log } = context;
  const app = new Hono();
  const show = async (request: Context, content: PageContent, status: ErrorStatus | 200 = 200): Promise<Response> =>
    request.html(renderPage(context, await context.listRuns(), await application.targets(), content), status);
  const say = (request: Context, status: ErrorStatus, title: string, sentence: string): Promise<Response> =>
    show(request, { title, run: null, live: false, notes: html``, main: renderSentence(title, sentence) }, status);
  const noRun = (request: Context) =>
    say(request, 404, 'No such run', 'There is no run of this name. The list on the left has those that there are.');
  const forms = createFormTaker(context, async (request, status, message) =>
    isScript(request) ? request.json({ message }, status) : say(request, status, 'That was not taken', message),
  );
  const streamChanges = createChangeStreams(context);

  const noteFor = (request: Context, back: string): Markup => {
    const id = request.req.query('note') ?? '';
    const card = forms.noteOf(id);
    return card ? renderPrivate(card, `note:${id}`, back, csrf) : html``;
  };
  const showRun = (request: Context, view: ThreadView): Promise<Response> => {
    const fragments = fragmentsOf(view, csrf, permalinkOf(context, view.run));
    const main = renderScroller(
      fragments.map((fragment) => fragment.render()),
      `Thread of ${view.target}`,
    );
    const notes = noteFor(request, `/runs/${encodeURIComponent(view.run)}`);
    return show(request, { title: view.parent.title, run: view.run, live: true, notes, main });
  };

  app.use(async (request, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) request.res.headers.set(name, value);
  });
  app.get('/healthz', (request) => request.text('ok'));
  app.get('/assets/page.css', (request) =>
    request.body(PAGE_STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }),
  );
  app.get('/assets/page.js', (request) =>
    request.body(PAGE_SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  app.get('/assets/icon.svg', (request) => request.body(PAGE_ICON, 200, { 'Content-Type': 'image/svg+xml' }));

  app.get('/', async (request) => {
    const [latest] = await application.runs(1);
    const view = latest ? await application.thread(latest.run) : null;
    if (view) return showRun(request, view);
    const main = renderScroller(renderWelcome(context, await application.targets()), 'Welcome');
    return show(request, { title: '#incidents', run: null, live: true, notes: noteFor(request, '/'), main });
  });
  app.get('/stream', (request) => streamChanges(request, null));
  app.post('/command', (request) => forms.takeCommand(request));

  app.get('/runs/:run', async (request) => {
    const view = await application.thread(request.req.param('run'));
    return view ? showRun(request, view) : noRun(request);
  });
  app.get('/runs/:run/stream', async (request) => {
    const run = request.req.param('run');
    return (await application.thread(run)) ? streamChanges(request, run) : noRun(request);
  });
  app.post('/runs/:run/press', (request) => forms.takePress(request, request.req.param('run')));
  app.get('/runs/:run/confirm', async (request) => {
    const run = request.req.param('run');
    const view = await application.thread(run);
    if (!view) return noRun(request);
    const asked = JSON.stringify(readPress(run, new URL(request.req.url).searchParams));
    const buttons = [view.parent, ...view.replies.map(({ card }) => card)].flatMap((card) => card.buttons);
    const button = buttons.find(
      ({ press: { action, subject, hash } }) => JSON.stringify({ action, run, subject, hash }) === asked,
    );
    if (!button) {
      return say(
        request,
        404,
        'This is no longer offered',
        'The thread has moved on since. Nothing was done; look at it again.',
      );
    }
    const main = renderScroller(renderConfirmation(button, csrf), 'Confirmation');
    return show(request, { title: button.label, run, live: false, notes: html``, main });
  });

  app.notFound((request) => say(request, 404, 'Nothing here', 'There is no page at this address.'));
  app.onError((error, request) => {
    log.error({ err: error, path: request.req.path }, 'a page could not be shown');
    const message =
      'execfmt could not do that. What went wrong is in its log. Reload the page to see where things stand.';
    return isScript(request) ? request.json({ message }, 500) : request.text(message, 500);
  });
  return app;
}
