import { ChatError } from '../../../src/ports/chat.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { readFailure, type SlackFailure, toChatError } from './slack-error.ts';

const RETRIES = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_S = 60;

/** What all calls share. */
export interface CallContext {
  readonly clock: Clock;
  /** Aborts when the chat stops: nobody waits on then. */
  readonly stopping: AbortSignal;
  /** Called whenever Slack asks to wait. */
  readonly throttled?: () => void;
}

function waitFor(failure: SlackFailure, attempt: number): number | null {
  if (failure.retryAfter === null) return FIRST_WAIT_MS * 2 ** attempt;
  return failure.retryAfter <= LONGEST_WAIT_S ? failure.retryAfter * 1000 : null;
}

/**
 * Calls Slack, at most four times: after a rate limit when Slack says so (up to 60 s), after a failure that may pass with
 * growing waits. `work` is told whether an earlier attempt may have been carried out. Rejects with ChatError, or with a defect.
 */
export async function callSlack<T>(
  context: CallContext,
  what: string,
  work: (maybeDone: boolean) => Promise<T>,
  maybeDone = false,
): Promise<T> {
  let unsure = maybeDone;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(unsure);
    } catch (error) {
      const failure = readFailure(error);
      if (failure === null && context.stopping.aborted) throw givenUp(what, error);
      if (failure === null) throw error;
      if (failure.retryAfter !== null) context.throttled?.();
      const wait = failure.code === 'unavailable' ? waitFor(failure, attempt) : null;
      if (wait === null || attempt >= RETRIES || context.stopping.aborted) throw toChatError(what, failure, error);
      unsure ||= failure.maybeDone;
      await pause(context, wait, what);
    }
  }
}

async function pause(context: CallContext, ms: number, what: string): Promise<void> {
  try {
    await context.clock.sleep(ms, context.stopping);
  } catch (cause) {
    throw givenUp(what, cause);
  }
}

function givenUp(what: string, cause: unknown): ChatError {
  return new ChatError('unavailable', `Slack: ${what} was given up, because execfmt is stopping.`, { cause });
}
