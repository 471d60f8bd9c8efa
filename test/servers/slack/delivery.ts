import { createHmac } from 'node:crypto';
import { stringify } from 'node:querystring';

/** What Slack sends out. */
export interface Outgoing {
  readonly kind: 'command' | 'press' | 'mention' | 'submission';
  readonly payload: Readonly<Record<string, unknown>>;
}

/** How a delivery is spoilt, to see that it is refused. */
export interface Spoil {
  readonly signature?: 'wrong' | 'missing';
  /** Seconds that the timestamp is off; signed correctly. */
  readonly shift?: number;
}

/** What became of a delivery. */
export interface Delivery extends Outgoing {
  /** Of the HTTP answer; null in Socket Mode, and when none came. */
  readonly status: number | null;
  readonly acknowledged: boolean;
  /** Until the acknowledgement, milliseconds. */
  readonly afterMs: number | null;
  /** As it went out by HTTP, for an exact replay. */
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string } | null;
}

/** After this Slack shows `operation_timeout` (S1). */
export const ACK_MS = 3000;

function encode({ kind, payload }: Outgoing): { type: string; body: string } {
  const form = 'application/x-www-form-urlencoded';
  if (kind === 'command') return { type: form, body: stringify(payload as Record<string, string>) };
  if (kind === 'press' || kind === 'submission')
    return { type: form, body: stringify({ payload: JSON.stringify(payload) }) };
  return { type: 'application/json', body: JSON.stringify(payload) };
}

/** The signed request of a delivery (S20). */
export function signRequest(outgoing: Outgoing, secret: string, spoil: Spoil = {}): NonNullable<Delivery['request']> {
  const { type, body } = encode(outgoing);
  const time = String(Math.floor(Date.now() / 1000) + (spoil.shift ?? 0));
  const key = spoil.signature === 'wrong' ? `${secret}x` : secret;
  const signature = `v0=${createHmac('sha256', key).update(`v0:${time}:${body}`).digest('hex')}`;
  const headers = { 'content-type': type, 'x-slack-request-timestamp': time };
  return { headers: spoil.signature === 'missing' ? headers : { ...headers, 'x-slack-signature': signature }, body };
}

/** Sends a request and waits for its acknowledgement, at most 3 s. */
export async function deliverByHttp(
  outgoing: Outgoing,
  request: NonNullable<Delivery['request']>,
  url: string,
): Promise<Delivery> {
  const started = performance.now();
  const none = { ...outgoing, status: null, acknowledged: false, afterMs: null, request };
  try {
    const signal = AbortSignal.timeout(ACK_MS);
    const answer = await fetch(url, { method: 'POST', headers: request.headers, body: request.body, signal });
    await answer.arrayBuffer();
    if (!answer.ok) return { ...none, status: answer.status };
    return { ...none, status: answer.status, acknowledged: true, afterMs: performance.now() - started };
  } catch {
    return none;
  }
}
