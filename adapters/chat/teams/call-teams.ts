import { ChatError } from '../../../src/ports/chat.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Pace } from './pace.ts';
import { readFailure, type TeamsFailure, toChatError } from './teams-error.ts';

const RETRIES = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_S = 60;

/** What all calls share. */
export interface CallContext {
  readonly clock: Clock;
  readonly pace: Pace;
  /** Aborts when the chat stops: nobody waits on then. */
  readonly stopping: AbortSignal;
  /** Called whenever Teams asks to wait. */
  readonly throttled?: () => void;
}

/** Up to half as long again, so that many bots do not come back at the same moment (T12). */
function waitFor({ retryAfter }: TeamsFailure, attempt: number): number | null {
  if (retryAfter === null) return Math.round(FIRST_WAIT_MS * 2 ** attempt * (1 + Math.random() / 2));
  return retryAfter <= LONGEST_WAIT_S ? retryAfter * 1000 : null;
}

/**
 * Calls Teams at its pace, at most four times: after a rate limit when Teams says so (up to 60 s), after a failure that may pass
 * with growing waits. Rejects with ChatError, or with a defect.
 */
export async function callTeams<T>(
  { clock, pace, stopping, throttled }: CallContext,
  what: string,
  thread: string,
  work: () => Promise<T>,
): Promise<T> {
  const givenUp = (cause: unknown) =>
    new ChatError('unavailable', `Teams: ${what} was given up, because execfmt is stopping.`, { cause });
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await pace.turn(thread, stopping, work);
    } catch (error) {
      const failure = readFailure(error);
      if (failure === null) throw stopping.aborted ? givenUp(error) : error;
      if (failure.retryAfter !== null) throttled?.();
      const wait = failure.code === 'unavailable' ? waitFor(failure, attempt) : null;
      if (wait === null || attempt >= RETRIES || stopping.aborted) throw toChatError(what, failure, error);
      // Not only this call: the others would be refused too, and count.
      if (failure.retryAfter !== null) pace.hold(thread, wait);
      await clock.sleep(wait, stopping).catch((cause: unknown) => {
        throw givenUp(cause);
      });
    }
  }
}
