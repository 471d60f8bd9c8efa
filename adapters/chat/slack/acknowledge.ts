import type { App } from '@slack/bolt';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';

/** Slack waits 3 s (S1); by then it was acknowledged, kept or not. Milliseconds. */
const AT_LATEST_MS = 2_000;

/** Acknowledges a delivery; a second time does nothing. Never rejects: Slack repeats an event, a person presses again. */
export type Acknowledge = () => Promise<void>;

/** Makes of Bolt's `ack` one that is called once: when it is asked for, at the latest after 2 s. */
export function acknowledgeInTime(
  ack: () => Promise<unknown>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Acknowledge {
  const { signal, end } = clock.lifetime();
  let acknowledged: Promise<void> | null = null;
  const acknowledge = () => {
    end();
    acknowledged ??= ack().then(
      () => {},
      (error: unknown) => {
        const reason = error instanceof Error ? error.name : 'unknown';
        log.warn({ reason }, 'Slack: a delivery could not be acknowledged.');
      },
    );
    return acknowledged;
  };
  const late = clock.deadline(AT_LATEST_MS, signal);
  late.addEventListener('abort', () => void acknowledge(), { once: true });
  return acknowledge;
}

/**
 * Bolt acknowledges an event before anybody has seen it, and Slack does not repeat it then. With this it is acknowledged by who
 * takes it; one that nobody takes, after that.
 */
export function holdEvents(
  app: App,
  context: { readonly clock: Clock; readonly log: Log },
): (body: object) => Acknowledge | null {
  const held = new WeakMap<object, Acknowledge>();
  const process = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    if (event.body.type !== 'event_callback') return process(event);
    const acknowledge = acknowledgeInTime(() => event.ack(), context);
    held.set(event.body, acknowledge);
    try {
      await process({ ...event, ack: async () => {} });
    } finally {
      await acknowledge();
    }
  };
  return (body) => held.get(body) ?? null;
}
