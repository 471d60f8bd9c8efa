import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { type PageContext, permalinkOf } from './page-context.ts';
import { renderRuns } from './render-runs.ts';
import { fragmentsOf } from './render-thread.ts';

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

/**
 * Makes the answer to the page's event streams. A stream begins with everything and goes on with what changed, so that a
 * broken one is resumed by opening it again: the script leaves alone what it has in the same version.
 * One stream of a run tells of the list too, because a browser opens only six connections to a host.
 */
export function createChangeStreams(context: PageContext): (request: Context, run: string | null) => Response {
  let open = 0;
  return (request, run) => {
    if (open >= CONNECTION_LIMIT) {
      return request.text('Too many pages are open. Close one and reload.', 503, { 'Retry-After': '10' });
    }
    open += 1;
    return streamSSE(request, async (stream) => {
      try {
        await follow(stream, context, run);
      } catch (error) {
        context.log.error({ err: error, run }, 'the page could not be kept up to date');
      } finally {
        open -= 1;
      }
    });
  };
}

async function follow(stream: SSEStreamingApi, context: PageContext, run: string | null): Promise<void> {
  const bell = createBell();
  let ended = false;
  stream.onAbort(() => {
    ended = true;
    bell.ring();
  });
  const unwatch = context.application.watch(bell.ring);
  try {
    await stream.writeSSE({ event: 'hello', data: JSON.stringify({ csrf: context.csrf }), retry: RETRY_MS });
    const sendThread = run === null ? async () => {} : createThreadSender(stream, context, run);
    const sendRuns = createRunsSender(stream, context, run);
    for (let changed = true; !ended; changed = await bell.wait(HEARTBEAT_MS)) {
      if (changed) {
        await sendThread();
        await sendRuns();
      } else {
        await stream.write(': still here\n\n');
      }
    }
  } finally {
    unwatch();
  }
}

function createThreadSender(stream: SSEStreamingApi, context: PageContext, run: string): () => Promise<void> {
  const sent = new Map<string, string>();
  let lastOrder = '';
  return async () => {
    const view = await context.application.thread(run);
    if (!view) return;
    const fragments = fragmentsOf(view, context.csrf, permalinkOf(context, run));
    const order = fragments.map(({ id }) => id);
    const fresh = fragments.filter(({ id, version }) => sent.get(id) !== version);
    if (fresh.length === 0 && order.join('\n') === lastOrder) return;
    const changed = await Promise.all(
      fresh.map(async ({ id, version, news, render }) => ({ id, version, news, html: String(await render()) })),
    );
    await stream.writeSSE({ event: 'thread', data: JSON.stringify({ title: view.parent.title, order, changed }) });
    for (const { id, version } of fresh) sent.set(id, version);
    lastOrder = order.join('\n');
  };
}

function createRunsSender(stream: SSEStreamingApi, context: PageContext, run: string | null): () => Promise<void> {
  let last = '';
  return async () => {
    const list = String(await renderRuns(await context.listRuns(), run));
    if (list !== last) await stream.writeSSE({ event: 'runs', data: JSON.stringify({ html: list }) });
    last = list;
  };
}
