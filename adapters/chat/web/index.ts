import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { Application, IntentReply } from '../../../src/ports/application.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Person } from '../../../src/run/people.ts';
import type { Card } from '../../../src/view/card.ts';
import { findButton } from './find-button.ts';
import { createGuard } from './guard.ts';
import { PAGE_CSS } from './page-css.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { type PageFrame, renderConfirmation, renderNotFound, renderPage } from './render-page.ts';
import { renderRunList } from './render-run-list.ts';
import { renderThread } from './render-thread.ts';

/** What the page is made of. */
export interface WebPageOptions {
  readonly application: Application;
  readonly log: Log;
  /** `127.0.0.1:3000`: where the program's server listens, for the check of the Host header. */
  readonly listen: string;
  /** The practice incident that is ready to be asked for; null without practice. */
  readonly practice: { readonly service: string; readonly host: string } | null;
  /** Who sits at this machine. */
  readonly person: Person;
  readonly version: string;
}

const BODY_LIMIT = 16 * 1024;
const STREAM_LIMIT = 100;
const HEARTBEAT_MS = 15_000;
const RUNS_SHOWN = 50;
const CONVERSATION = { chat: 'web', id: 'page' } as const;

/** The local chat page: a projection of the runs, for the person at this machine. It is given its requests by the program's one server. */
export function createWebPage(options: WebPageOptions): {
  handle(request: IncomingMessage, response: ServerResponse): void;
} {
  const { application, person, log } = options;
  const guard = createGuard(options.listen);
  const app = new Hono<{ Bindings: HttpBindings }>();
  let streams = 0;

  app.use('*', guard.check);
  app.use('*', bodyLimit({ maxSize: BODY_LIMIT }));
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/assets/page.css', (c) => c.body(PAGE_CSS, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/assets/page.js', (c) => c.body(PAGE_SCRIPT, 200, { 'content-type': 'text/javascript; charset=utf-8' }));

  const frame = async (told: Card | null): Promise<PageFrame> => ({
    runs: await overview(),
    practice: options.practice,
    version: options.version,
    csrf: guard.token,
    delivery: randomBytes(12).toString('hex'),
    told,
    targets: await application.targets(),
  });
  const overview = async () => {
    const listed = await application.runs(RUNS_SHOWN);
    const views = await Promise.all(
      listed.map(async (listing) => ({ listing, view: await application.thread(listing.run) })),
    );
    return views.flatMap(({ listing, view }) => (view ? [{ listing, view }] : []));
  };
  const show = async (run: string | null, told: Card | null) => {
    const view = run === null ? null : await application.thread(run);
    return renderPage(await frame(told), view);
  };

  app.get('/', async (c) => {
    const [latest] = await application.runs(1);
    return c.html(await show(latest?.run ?? null, null));
  });
  app.get('/runs/:run', async (c) => {
    const run = c.req.param('run');
    if (!(await application.thread(run))) return c.html(renderNotFound(await frame(null), run), 404);
    return c.html(await show(run, null));
  });
  app.post('/command', async (c) => {
    const form = await c.req.formData();
    const text = String(form.get('text') ?? '').slice(0, 1_000);
    const reply = await application.handle({
      by: person,
      conversation: CONVERSATION,
      delivery: deliveryOf(form),
      what: { kind: 'command', text },
    });
    return answer(c, reply, String(form.get('run') ?? '') || null);
  });
  app.get('/runs/:run/confirm/:key/:index', async (c) => {
    const view = await application.thread(c.req.param('run'));
    const button = view && findButton(view, c.req.param('key'), Number(c.req.param('index')));
    if (!view || !button) return c.html(renderNotFound(await frame(null), c.req.param('run')), 404);
    return c.html(
      renderConfirmation(await frame(null), view, c.req.param('key'), Number(c.req.param('index')), button),
    );
  });
  app.post('/runs/:run/press', async (c) => {
    const run = c.req.param('run');
    const form = await c.req.formData();
    const view = await application.thread(run);
    const button = view && findButton(view, String(form.get('key')), Number(form.get('index')));
    if (!button || button.press.hash !== (String(form.get('hash') ?? '') || null)) {
      return c.html(await show(run, gone()), 409);
    }
    const reply = await application.handle({
      by: person,
      conversation: CONVERSATION,
      delivery: deliveryOf(form),
      what: { kind: 'press', press: button.press },
    });
    return answer(c, reply, run);
  });

  app.get('/stream', (c) =>
    stream(
      c,
      async (send) => send('runs', String(renderRunList(await overview(), null))),
      () => true,
    ),
  );
  app.get('/runs/:run/stream', async (c) => {
    const run = c.req.param('run');
    if (!(await application.thread(run))) return c.text('no such run', 404);
    const tell = async (send: Send) => {
      const view = await application.thread(run);
      if (view) await send('thread', String(renderThread(view, guard.token)));
      await send('runs', String(renderRunList(await overview(), run)));
    };
    return stream(c, tell, (changed) => changed === run);
  });

  app.onError((error, c) => {
    log.error({ path: c.req.path, error: error.stack ?? error.message }, 'the page could not answer');
    return c.text('execfmt could not answer this; its log says why. Reload the page.', 500);
  });
  app.notFound(async (c) => c.html(renderNotFound(await frame(null), null), 404));

  async function answer(c: PageContext, reply: IntentReply, run: string | null) {
    if (reply.kind === 'private') return c.html(await show(run, reply.card));
    return c.redirect(reply.kind === 'run' ? `/runs/${reply.run}` : run ? `/runs/${run}` : '/', 303);
  }

  /** Tells each change as an event; several changes while one is told are told together. */
  function stream(c: PageContext, tell: (send: Send) => Promise<void>, concerns: (run: string) => boolean) {
    if (streams >= STREAM_LIMIT) return c.text('too many open pages', 503);
    streams += 1;
    return streamSSE(c, async (out) => {
      let dirty = true;
      let wake = () => {};
      const unwatch = application.watch((run) => {
        if (!concerns(run)) return;
        dirty = true;
        wake();
      });
      const ended = new Promise<void>((resolve) => out.onAbort(() => resolve()));
      out.onAbort(() => wake());
      try {
        while (!out.aborted && !out.closed) {
          if (dirty) {
            dirty = false;
            await tell((event, data) => out.writeSSE({ event, data }));
            continue;
          }
          const changed = new Promise<void>((resolve) => (wake = resolve));
          if (dirty) continue;
          const beat = await Promise.race([
            changed.then(() => false),
            ended.then(() => false),
            out.sleep(HEARTBEAT_MS).then(() => true),
          ]);
          if (beat) await out.writeSSE({ event: 'beat', data: '' });
        }
      } finally {
        unwatch();
        streams -= 1;
      }
    });
  }

  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return {
    handle(request, response) {
      listener(request, response);
    },
  };
}

type PageContext = Context<{ Bindings: HttpBindings }>;

type Send = (event: string, data: string) => Promise<void>;

/** The one-time token of a form: a double click or a reload sends the same one, and is handled once. */
function deliveryOf(form: FormData): string {
  const token = String(form.get('delivery') ?? '');
  return /^[0-9a-f]{8,64}$/.test(token) ? token : randomBytes(12).toString('hex');
}

function gone(): Card {
  const text = 'This button is not there any more: the run has gone on. Look at the newest card.';
  return {
    tone: 'unknown',
    title: 'Too late',
    practice: false,
    parts: [{ kind: 'text', text }],
    buttons: [],
    fallback: text,
  };
}
