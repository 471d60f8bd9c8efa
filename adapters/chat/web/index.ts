import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createRunList } from './list-runs.ts';
import { refusalOf } from './loopback-only.ts';
import type { WebPageOptions } from './page-context.ts';
import { createRoutes } from './routes.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { Sessions } from './sessions.ts';
import { strangeName } from './strange-name.ts';

/** The page as a listener for a server that somebody else opens and closes. */
export interface WebPage {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Makes the chat page: runs, threads and buttons as the application tells them, for people who sign in, or where nobody is
 * named for the person at this machine; then requests from elsewhere are refused. Its event streams end when the server's
 * connections are closed.
 */
export function createWebPage(options: WebPageOptions): WebPage {
  const { application, people, clock, listen, publicUrl } = options;
  const sessions = people.length > 0 ? new Sessions(people, clock) : null;
  const csrf = randomBytes(32).toString('base64url');
  const origins = sessions && publicUrl !== null ? [new URL(publicUrl).origin] : [];
  const routes = createRoutes({ ...options, sessions, csrf, origins, listRuns: createRunList(application) });
  const listener = getRequestListener(routes.fetch, { overrideGlobalObjects: false });
  return {
    handle(request, response) {
      const refusal = sessions ? strangeName(request, publicUrl) : refusalOf(request, listen);
      if (refusal === null) {
        void listener(request, response);
        return;
      }
      const headers = { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
      response.writeHead(403, headers).end(`${refusal}\n`);
    },
  };
}
