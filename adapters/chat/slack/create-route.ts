import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HTTPReceiver } from '@slack/bolt';
import { EVENTS_PATH } from './create-receiver.ts';
import { type VerifyOptions, verifyDelivery } from './verify-delivery.ts';

/** Where Slack delivers to in HTTP mode, for the program's one server. */
export interface SlackRoute {
  readonly path: typeof EVENTS_PATH;
  listener(req: IncomingMessage, res: ServerResponse): void;
}

function answer(res: ServerResponse, status: number): void {
  if (!res.headersSent) res.writeHead(status, { connection: 'close' }).end();
}

/** Bolt's HTTP receiver as a route, behind our own checks; 503 while nothing is received, so that Slack sends again. */
export function createRoute(options: VerifyOptions, receiver: HTTPReceiver, receiving: () => boolean): SlackRoute {
  return {
    path: EVENTS_PATH,
    listener(req, res) {
      if (req.method !== 'POST') return answer(res, 405);
      if (req.url?.split('?')[0] !== EVENTS_PATH) return answer(res, 404);
      if (!receiving()) return answer(res, 503);
      verifyDelivery(options, req, res, receiver.requestListener).catch((error: unknown) => {
        const reason = error instanceof Error ? error.name : 'unknown';
        options.log.error({ reason }, 'Slack: a delivery could not be looked at.');
        answer(res, 500);
      });
    },
  };
}
