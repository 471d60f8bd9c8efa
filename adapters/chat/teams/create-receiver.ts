import type { Application } from '../../../src/ports/application.ts';
import { untilAborted } from '../../../src/ports/until-aborted.ts';
import { answerInvoke, type InvokeContext } from './answer-invoke.ts';
import type { Receiver } from './create-route.ts';
import { createWork } from './follow-work.ts';
import type { Incoming } from './read-activity.ts';
import { takeMessage } from './take-message.ts';

/** The receiver and its ends. */
export interface ReceiverLife extends Receiver {
  start(application: Application): void;
  /** Receives no more. */
  close(): void;
  /** Resolves when all that is under way has ended. */
  done(): Promise<void>;
}

/** A message is acknowledged by then, kept or not; Teams waits longer, but a person sees that. Milliseconds. */
const ACKNOWLEDGE_MS = 2_000;

/** Takes what was verified: messages, which are acknowledged when they are kept, and invokes for their answer. */
export function createReceiver(
  context: Omit<InvokeContext, 'application' | 'follow'> & { readonly heard: (incoming: Incoming) => void },
): ReceiverLife {
  const work = createWork((error) => {
    const reason = error instanceof Error ? error.name : 'unknown';
    context.log.error({ reason }, 'Teams: a delivery was not dealt with.');
  });
  let taking: InvokeContext | null = null;
  let receiving = false;
  return {
    receiving: () => receiving,
    async message(incoming) {
      context.heard(incoming);
      if (taking === null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const takes = takeMessage(taking, incoming, resolve);
      work.follow(takes);
      await untilAborted(Promise.race([promise, takes]), context.clock.deadline(ACKNOWLEDGE_MS)).catch(() => {});
    },
    async invoke(incoming) {
      context.heard(incoming);
      return taking === null ? { status: 501, body: null } : answerInvoke(taking, incoming);
    },
    start(application) {
      taking = { ...context, application, follow: (promise) => work.follow(promise) };
      receiving = true;
    },
    close() {
      receiving = false;
    },
    done: () => work.done(),
  };
}
