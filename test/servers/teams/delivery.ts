import { createHold } from '../hold-deliveries.ts';
import type { Activity } from './activities.ts';
import { APP, ISSUER } from './identity.ts';
import type { createKeys, Spoil } from './tokens.ts';

/** What became of a delivery. */
export interface Delivery {
  readonly activity: Activity;
  /** Of the HTTP answer; null when none came in time. */
  readonly status: number | null;
  /** The body of an invoke's answer. */
  readonly body: { readonly statusCode: number; readonly type: string; readonly value: unknown } | null;
}

/** Teams waits so long for the answer to an invoke (T17); messages may take longer. */
const ANSWER_MS = 5000;

/** Sends signed activities to the bot, and keeps what became of them. */
export function createDeliveries(keys: ReturnType<typeof createKeys>, serviceUrl: () => string) {
  const all: Delivery[] = [];
  let target = '';
  const line = createHold();
  const send = async (activity: Activity, spoil: Spoil | null): Promise<Delivery> => {
    const authorization = keys.authorization({ appId: APP, issuer: ISSUER, serviceUrl: serviceUrl() }, spoil);
    const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) };
    const asked = { method: 'POST', headers, body: JSON.stringify(activity), signal: AbortSignal.timeout(ANSWER_MS) };
    const delivery = await fetch(target, asked).then(
      async (response) => {
        const text = await response.text();
        return { activity, status: response.status, body: text === '' ? null : JSON.parse(text) };
      },
      () => ({ activity, status: null, body: null }),
    );
    all.push(delivery);
    return delivery;
  };
  return {
    /** Deliveries wait from now on, until they are released: late, or in the other order. */
    hold: line.hold,
    held: line.held,
    release: line.release,
    all: all as readonly Delivery[],
    to(url: string): void {
      target = url;
    },
    deliver: (activity: Activity, spoil: Spoil | null = null): Promise<Delivery> =>
      line.through(() => send(activity, spoil)),
  };
}
