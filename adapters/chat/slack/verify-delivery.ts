import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { isValidSlackRequest } from '@slack/bolt';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import { untilAborted } from '../../../src/ports/until-aborted.ts';
import { readRequest } from '../../http/read-request.ts';

/** Slack's largest deliveries hold a whole message: well below. Bytes. */
const BODY_LIMIT = 1024 * 1024;
const BODY_DEADLINE_MS = 10_000;
const CLAIM_DEADLINE_MS = 2000;
/** How far a delivery's time may be from ours, either way, seconds (S20). */
const WINDOW_S = 300;

/** What the check needs. */
export interface VerifyOptions {
  readonly signingSecret: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly claim: (key: string) => Promise<boolean>;
}

type Verdict = { readonly status: 200 | 401 | 413 | 503; readonly why: string } | null;

/** Claims within a deadline: the answer to Slack is due in 3 s, and a store that hangs must not make it late. */
async function claimInTime(options: VerifyOptions, key: string): Promise<boolean | null> {
  try {
    return await untilAborted(options.claim(key), options.clock.deadline(CLAIM_DEADLINE_MS));
  } catch {
    return null;
  }
}

/**
 * Bolt accepts times in the future and exact replays (S20), so both are refused here, before it. The forms are strict because
 * Bolt's are not: one signature in two spellings would be two claims.
 */
async function judge(options: VerifyOptions, req: IncomingMessage, body: string): Promise<Verdict> {
  const signature = req.headers['x-slack-signature'];
  const time = req.headers['x-slack-request-timestamp'];
  if (req.headers['content-type'] === 'application/x-www-form-urlencoded' && parse(body).ssl_check === '1') {
    return { status: 200, why: 'ssl check' };
  }
  if (typeof signature !== 'string' || !/^v0=[0-9a-f]{64}$/.test(signature))
    return { status: 401, why: 'no signature' };
  if (typeof time !== 'string' || !/^\d{1,12}$/.test(time)) return { status: 401, why: 'no timestamp' };
  const now = options.clock.now().getTime();
  if (Math.abs(now / 1000 - Number(time)) > WINDOW_S) return { status: 401, why: 'timestamp outside the window' };
  const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(time) };
  const { signingSecret } = options;
  if (!isValidSlackRequest({ signingSecret, body, headers, nowMilliseconds: now })) {
    return { status: 401, why: 'wrong signature' };
  }
  const first = await claimInTime(options, `slack-signature:${signature}`);
  if (first === null) return { status: 503, why: 'the store did not answer' };
  return first ? null : { status: 401, why: 'replayed' };
}

/**
 * Lets a request through to `next` (Bolt's receiver, which verifies once more) only when it is signed, of now, and seen for the
 * first time; answers all others itself and logs why.
 */
export async function verifyDelivery(
  options: VerifyOptions,
  req: IncomingMessage,
  res: ServerResponse,
  next: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<void> {
  const body = await readRequest(req, BODY_LIMIT, options.clock.deadline(BODY_DEADLINE_MS));
  const tooLarge: Verdict = { status: 413, why: 'the body is too large, or did not come in time' };
  const verdict = body === null ? tooLarge : await judge(options, req, body.toString());
  if (verdict === null) {
    next(Object.assign(req, { rawBody: body }), res);
    return;
  }
  if (verdict.status !== 200)
    options.log.warn({ status: verdict.status, why: verdict.why }, 'Refused a delivery to /slack/events.');
  res.writeHead(verdict.status, { connection: 'close' }).end();
}
