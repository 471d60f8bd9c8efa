import { Hono } from 'hono';
import type { PageContext } from './page-context.ts';
import { PAGE_ICON } from './page-icon.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { Notes } from './remember-notes.ts';
import { renderAlone, renderDocument } from './render-document.ts';
import { readRunQuery } from './render-run-list.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { serveTranscript } from './serve-transcript.ts';
import { createPages } from './show-pages.ts';
import { requireSignIn } from './sign-in.ts';
import { createChangeStreams } from './stream-changes.ts';
import { createFormTaker, isScript } from './take-form.ts';
import type { PageEnv } from './visitor.ts';

const FAILED = 'execfmt could not do that. What went wrong is in its log. Reload the page to see where things stand.';

/** The addresses of the page. What stands before the sign-in is everybody's; all else asks who is there. */
export function createRoutes(context: PageContext): Hono<PageEnv> {
  const { log, person, csrf, sessions } = context;
  const app = new Hono<PageEnv>();
  app.use(async (request, next) => {
    await next();
    const { headers } = request.res;
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!headers.has(name)) headers.set(name, value);
  });
  serveFixed(app);
  if (sessions) {
    requireSignIn(app, context, sessions);
  } else {
    app.use(async (request, next) => {
      request.set('visitor', { person, csrf, session: null });
      await next();
    });
  }
  servePages(app, context);
  app.onError((error, request) => {
    log.error({ err: error, path: request.req.path }, 'a page could not be shown');
    return isScript(request)
      ? request.json({ message: FAILED }, 500)
      : request.html(renderDocument('Not shown', renderAlone('That could not be done', FAILED)), 500);
  });
  return app;
}

function servePages(app: Hono<PageEnv>, context: PageContext): void {
  const { application } = context;
  const notes = new Notes();
  const pages = createPages(context, notes);
  const forms = createFormTaker(context, notes, async (request, status, message) =>
    isScript(request)
      ? request.json({ message }, status)
      : pages.sentence(request, status, 'That was not taken', message),
  );
  const streamChanges = createChangeStreams(context);

  app.get('/', (request) => pages.start(request));
  app.get('/stream', (request) => streamChanges(request, {}));
  app.post('/command', (request) => forms.takeCommand(request));
  app.get('/confirm', (request) => pages.confirmation(request, ''));
  app.post('/press', (request) => forms.takePress(request, ''));
  app.get('/runs', (request) => pages.list(request));
  app.get('/runs/stream', (request) =>
    streamChanges(request, { query: readRunQuery(new URL(request.req.url).searchParams) }),
  );
  app.get('/runs/:run', (request) => pages.run(request, request.req.param('run')));
  app.get('/runs/:run/stream', async (request) => {
    const run = request.req.param('run');
    return (await application.thread(run)) ? streamChanges(request, { run }) : pages.noRun(request);
  });
  app.get('/runs/:run/:file{transcript\\.(?:md|html|json)}', async (request) => {
    const { run, file } = request.req.param();
    const format = file.slice(file.indexOf('.') + 1);
    return (await serveTranscript(request, application, run, format)) ?? pages.noRun(request);
  });
  app.get('/runs/:run/confirm', (request) => pages.confirmation(request, request.req.param('run')));
  app.post('/runs/:run/press', (request) => forms.takePress(request, request.req.param('run')));
  app.notFound((request) => pages.sentence(request, 404, 'Nothing here', 'There is no page at this address.'));
}

function serveFixed(app: Hono<PageEnv>): void {
  app.get('/healthz', (request) => request.text('ok'));
  const files = [
    ['/assets/page.css', 'text/css; charset=utf-8', PAGE_STYLE],
    ['/assets/page.js', 'text/javascript; charset=utf-8', PAGE_SCRIPT],
    ['/assets/icon.svg', 'image/svg+xml', PAGE_ICON],
  ] as const;
  for (const [path, type, text] of files) app.get(path, (request) => request.body(text, 200, { 'Content-Type': type }));
}
