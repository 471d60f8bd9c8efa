import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { SHOWN } from './list-runs.ts';
import { addressOf, type PageContext } from './page-context.ts';
import { readRecord } from './read-record.ts';
import { type RunQuery, renderFound } from './render-run-list.ts';
import { renderRuns } from './render-runs.ts';
import { fragmentsOf } from './render-thread.ts';
import type { Markup } from './show-text.ts';
import type { PageRequest, Visitor } from './visitor.ts';

const CONNECTION_LIMIT = 100;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2_000;

/** Wakes a stream when something has changed; what changes while it is busy wakes it once. */
function createBell() {
  let rung = false;
  let wake: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    /** True when it rang, false when `ms` passed first. */
    async wait(ms: number): Promise<boolean> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms).unref();
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const was = rung;
      rung = false;
      wake = null;
      return was;
    },
  };
}

/** What a stream tells beside the list on the left: a run, a search, or nothing more. */
export interface Followed {
  readonly run?: string;
  readonly query?: RunQuery;
}

/**
 * Makes the answer to the page's event streams. A stream begins with everything and goes on with what changed, so that a
 * broken one is resumed by opening it again: the script leaves alone what it has in the same version.
 * One stream of a run tells of the list too, because a browser opens only six connections to a host.
 */
export function createChangeStreams(context: PageContext): (request: PageRequest, what: Followed) => Response {
  let open = 0;
  return (request, what) => {
    // Nobody would read what is written for it, so it would never end.
    if (request.req.method === 'HEAD') return request.body(null, 200, { 'Content-Type': 'text/event-stream' });
    if (open >= CONNECTION_LIMIT) {
      return request.text('Too many pages are open. Close one and reload.', 503, { 'Retry-After': '10' });
    }
    open += 1;
    return streamSSE(request, async (stream) => {
      try {
        await follow(stream, context, request.get('visitor'), what);
      } catch (error) {
        context.log.error({ err: error, run: what.run ?? null }, 'the page could not be kept up to date');
      } finally {
        open -= 1;
      }
    });
  };
}

type Send = () => Promise<void>;

async function follow(
  stream: SSEStreamingApi,
  context: PageContext,
  { csrf, session }: Visitor,
  { run, query }: Followed,
): Promise<void> {
  const { sessions, application } = context;
  const bell = createBell();
  let gone = false;
  stream.onAbort(() => {
    gone = true;
    bell.ring();
  });
  const unwatch = application.watch(bell.ring);
  const unsigned = session && sessions?.whenEnded(session, bell.ring);
  const signedOut = () => session !== null && sessions?.isLive(session) !== true;
  try {
    await stream.writeSSE({ event: 'hello', data: JSON.stringify({ csrf }), retry: RETRY_MS });
    const senders: Send[] = [createRunsSender(stream, context, run ?? null)];
    if (query) senders.push(createListSender(stream, context, query));
    if (run !== undefined) senders.unshift(createThreadSender(stream, context, csrf, run));
    for (let changed = true; !gone && !signedOut(); changed = await bell.wait(HEARTBEAT_MS)) {
      if (!changed) await stream.write(': still here\n\n');
      else for (const send of senders) await send();
    }
    if (!gone) await stream.writeSSE({ event: 'signed-out', data: '' });
  } finally {
    unwatch();
    unsigned?.();
  }
}

function createThreadSender(stream: SSEStreamingApi, context: PageContext, csrf: string, run: string): Send {
  const sent = new Map<string, string>();
  let lastOrder = '';
  return async () => {
    const record = await readRecord(context.application, run);
    if (!record) return;
    const fragments = fragmentsOf(record, csrf, addressOf(context, run));
    const order = fragments.map(({ id }) => id);
    const fresh = fragments.filter(({ id, version }) => sent.get(id) !== version);
    if (fresh.length === 0 && order.join('\n') === lastOrder) return;
    const changed = await Promise.all(
      fresh.map(async ({ id, version, news, render }) => ({ id, version, news, html: String(await render()) })),
    );
    const { title } = record.view.parent;
    await stream.writeSSE({ event: 'thread', data: JSON.stringify({ title, order, changed }) });
    for (const { id, version } of fresh) sent.set(id, version);
    lastOrder = order.join('\n');
  };
}

function createRunsSender(stream: SSEStreamingApi, context: PageContext, run: string | null): Send {
  return createHtmlSender(stream, 'runs', async () => renderRuns(await context.listRuns(SHOWN), run));
}

function createListSender(stream: SSEStreamingApi, context: PageContext, query: RunQuery): Send {
  const render = async () => renderFound(query, await context.listRuns(query.limit + 1, query.matching));
  return createHtmlSender(stream, 'list', render);
}

/** Sends a piece of the page whenever it looks different. */
function createHtmlSender(stream: SSEStreamingApi, event: string, render: () => Promise<Markup>): Send {
  let last = '';
  return async () => {
    const html = String(await render());
    if (html !== last) await stream.writeSSE({ event, data: JSON.stringify({ html }) });
    last = html;
  };
}
