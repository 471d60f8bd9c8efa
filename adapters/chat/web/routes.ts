import { Hono } from 'hono';
import type { PageContext } from './page-context.ts';
import { PAGE_ICON } from './page-icon.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { createPages } from './show-pages.ts';
import { createChangeStreams } from './stream-changes.ts';
import { createFormTaker, isScript } from './take-form.ts';

const FAILED = 'execfmt could not do that. What went wrong is in its log. Reload the page to see where things stand.';

/** The addresses of the page. */
export function createRoutes(context: PageContext): Hono {
  const { application, log } = context;
  const app = new Hono();
  const pages = createPages(context);
  const forms = createFormTaker(context, async (request, status, message) =>
    isScript(request)
      ? request.json({ message }, status)
      : pages.sentence(request, status, 'That was not taken', message),
  );
  const streamChanges = createChangeStreams(context);

  app.use(async (request, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) request.res.headers.set(name, value);
  });
  serveFixed(app);
  app.get('/', (request) => pages.start(request, forms.noteOf(request.req.query('note'))));
  app.get('/stream', (request) => streamChanges(request, null));
  app.post('/command', (request) => forms.takeCommand(request));
  app.get('/runs/:run', (request) =>
    pages.run(request, request.req.param('run'), forms.noteOf(request.req.query('note'))),
  );
  app.get('/runs/:run/stream', async (request) => {
    const run = request.req.param('run');
    return (await application.thread(run)) ? streamChanges(request, run) : pages.noRun(request);
  });
  app.get('/runs/:run/confirm', (request) => pages.confirmation(request, request.req.param('run')));
  app.post('/runs/:run/press', (request) => forms.takePress(request, request.req.param('run')));
  app.notFound((request) => pages.sentence(request, 404, 'Nothing here', 'There is no page at this address.'));
  app.onError((error, request) => {
    log.error({ err: error, path: request.req.path }, 'a page could not be shown');
    return isScript(request) ? request.json({ message: FAILED }, 500) : request.text(FAILED, 500);
  });
  return app;
}

function serveFixed(app: Hono): void {
  app.get('/healthz', (request) => request.text('ok'));
  const files = [
    ['/assets/page.css', 'text/css; charset=utf-8', PAGE_STYLE],
    ['/assets/page.js', 'text/javascript; charset=utf-8', PAGE_SCRIPT],
    ['/assets/icon.svg', 'image/svg+xml', PAGE_ICON],
  ] as const;
  for (const [path, type, text] of files) app.get(path, (request) => request.body(text, 200, { 'Content-Type': type }));
}
