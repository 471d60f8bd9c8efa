import type { RespondFn } from '@slack/bolt';
import type { Clock } from '../../../src/ports/clock.ts';

/** A `response_url` lives 30 minutes (S4); a little less, for the way there. */
const LIFE_MS = 29 * 60_000;
const KEPT = 1000;

/** How a person was last heard: by what they can be answered, and in which thread. */
export interface RecentAnswer {
  readonly respond: RespondFn | null;
  readonly thread: string | null;
}

/** By whom and where somebody can still be answered. Kept in the process only: a restart answers by direct message. */
export interface RecentAnswers {
  keep(person: string, conversation: string, answer: RecentAnswer): void;
  find(person: string, conversation: string): RecentAnswer;
}

export function createRecentAnswers(clock: Pick<Clock, 'monotonic'>): RecentAnswers {
  const known = new Map<string, RecentAnswer & { readonly at: number }>();
  const keyOf = (person: string, conversation: string) => `${person} ${conversation}`;
  return {
    keep(person, conversation, answer) {
      const key = keyOf(person, conversation);
      known.delete(key);
      known.set(key, { ...answer, at: clock.monotonic() });
      for (const [oldest] of known) {
        if (known.size <= KEPT) break;
        known.delete(oldest);
      }
    },
    find(person, conversation) {
      const found = known.get(keyOf(person, conversation));
      if (found === undefined) return { respond: null, thread: null };
      const fresh = clock.monotonic() - found.at < LIFE_MS;
      return { respond: fresh ? found.respond : null, thread: found.thread };
    },
  };
}
