import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../../src/ports/log.ts';
import { readRequest } from '../../http/read-request.ts';
import type { InvokeAnswer } from './answer-invoke.ts';
import type { Incoming } from './read-activity.ts';
import { type VerifyOptions, verifyDelivery } from './verify-delivery.ts';

/** Where Teams delivers to. */
export const MESSAGES_PATH = '/api/messages';

/** Teams' largest messages are 100 KB; their entities and our own card's data come on top. Bytes. */
const BODY_LIMIT = 512 * 1024;
const BODY_MS = 5000;

/** Where Teams delivers to, for the program's one server. */
export interface TeamsRoute {
  readonly path: typeof MESSAGES_PATH;
  listener(req: IncomingMessage, res: ServerResponse): void;
}

/** What takes verified activities. */
export interface Receiver {
  /** False while nothing is received: Teams is told to come again. */
  receiving(): boolean;
  /** Resolves when the message may be acknowledged; the work goes on. Never rejects. */
  message(incoming: Incoming): Promise<void>;
  invoke(incoming: Incoming): Promise<InvokeAnswer>;
}

function answer(res: ServerResponse, status: number, body: unknown = null): void {
  if (res.headersSent) return;
  const headers = { connection: 'close', ...(body !== null && { 'content-type': 'application/json' }) };
  res.writeHead(status, headers).end(body === null ? '' : JSON.stringify(body));
}

async function receive(
  options: VerifyOptions & { readonly log: Log },
  to: Receiver,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const body = await readRequest(req, BODY_LIMIT, options.clock.deadline(BODY_MS));
  if (body === null) return answer(res, 413);
  const verdict = await verifyDelivery(options, req.headers.authorization, body.toString());
  if (verdict.status !== 200) {
    options.log.warn({ status: verdict.status, why: verdict.why }, `Refused a delivery to ${MESSAGES_PATH}.`);
    return answer(res, verdict.status);
  }
  const { incoming } = verdict;
  if (incoming.type === 'invoke') {
    const { status, body: said } = await to.invoke(incoming);
    return answer(res, status, said);
  }
  if (incoming.type === 'message') await to.message(incoming);
  answer(res, 200);
}

/** The bot's messaging endpoint: verifies, acknowledges messages when they are kept and works on, answers invokes. */
export function createRoute(options: VerifyOptions & { readonly log: Log }, to: Receiver): TeamsRoute {
  return {
    path: MESSAGES_PATH,
    listener(req, res) {
      if (req.method !== 'POST') return answer(res, 405);
      if (req.url?.split('?')[0] !== MESSAGES_PATH) return answer(res, 404);
      if (!to.receiving()) return answer(res, 503);
      receive(options, to, req, res).catch((error: unknown) => {
        const reason = error instanceof Error ? error.name : 'unknown';
        options.log.error({ reason }, 'Teams: a delivery could not be looked at.');
        answer(res, 500);
      });
    },
  };
}
