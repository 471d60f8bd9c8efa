import type { Journal } from '../../ports/journal.ts';
import type { Log } from '../../ports/log.ts';
import type { Tracer } from '../../ports/tracer.ts';
import type { RunEvent } from '../../run/events.ts';
import { describeError } from '../describe-error.ts';
import type { JournalWatcher } from './observe-journal.ts';
import { spansOf } from './spans-of.ts';

/** Events that wait for their turn; beyond that they are not counted, and it is said. */
const MOST_WAITING = 10_000;

/** Counts and traces events: one after the other, behind the work, and never in its way. */
export interface EventProjection extends JournalWatcher {
  /** Resolves when everything that was written so far is counted and traced. */
  settled(): Promise<void>;
}

export function projectEvents(parts: {
  readonly journal: Pick<Journal, 'read'>;
  readonly log: Log;
  readonly tracer: Tracer;
  readonly count: (event: RunEvent, history: readonly RunEvent[]) => void;
}): EventProjection {
  const { journal, log, tracer, count } = parts;
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  const project = async (event: RunEvent) => {
    try {
      const history = (await journal.read(event.run)).filter(({ seq }) => seq <= event.seq);
      count(event, history);
      for (const span of spansOf(event, history)) tracer.record(span);
    } catch (error) {
      log.warn({ run: event.run, error: describeError(error) }, 'an event could not be counted');
    } finally {
      waiting -= 1;
    }
  };
  return {
    wrote(event) {
      if (waiting >= MOST_WAITING)
        return log.warn({ run: event.run }, 'an event was not counted: too many are waiting');
      waiting += 1;
      last = last.then(() => project(event));
    },
    told: () => {},
    settled: () => last,
  };
}
