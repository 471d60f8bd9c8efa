import type { Clock } from '../../ports/clock.ts';
import type { Meter } from '../../ports/meter.ts';
import type { JournalWatcher } from './observe-journal.ts';

/** Threads whose news is remembered; beyond that the oldest are forgotten. */
const MOST = 10_000;
/** Events of one run that are remembered; more of them make it no later. */
const MOST_EVENTS = 200;

/**
 * How far the threads in the chats are behind the runs: how many have news that was not told yet, and for how long the oldest has been
 * waiting. Only `chats` are told; the page reads the runs themselves.
 */
export function measureLag(meter: Meter, clock: Clock, chats: ReadonlySet<string>): JournalWatcher {
  /** By run: the events that were not told yet, oldest first. */
  const waiting = new Map<string, { readonly seq: number; readonly at: number }[]>();
  const told = new Set<string>();
  meter.gauge(
    { name: 'execfmt_threads_waiting', help: 'Threads with news that their chat was not told yet.', labels: [] },
    () => [{ labels: {}, value: waiting.size }],
  );
  meter.gauge(
    {
      name: 'execfmt_thread_lag_seconds',
      help: 'How long the oldest news has been waiting to be told in its chat.',
      labels: [],
    },
    () => {
      const oldest = Math.min(
        clock.now().getTime(),
        ...[...waiting.values()].map(([first]) => first?.at ?? Number.POSITIVE_INFINITY),
      );
      return [{ labels: {}, value: (clock.now().getTime() - oldest) / 1000 }];
    },
  );
  const forgetOldest = (from: Map<string, unknown> | Set<string>) => {
    const [oldest] = from.keys();
    if (from.size > MOST && oldest !== undefined) from.delete(oldest);
  };
  return {
    wrote({ run, seq, at, fact }) {
      if (fact.type === 'opened' && chats.has(fact.conversation.chat)) told.add(run);
      forgetOldest(told);
      if (!told.has(run)) return;
      const news = waiting.get(run) ?? [];
      if (news.length < MOST_EVENTS) waiting.set(run, [...news, { seq, at: Date.parse(at) }]);
      forgetOldest(waiting);
    },
    read({ run, fact }) {
      if (fact.type === 'opened' && chats.has(fact.conversation.chat)) told.add(run);
      forgetOldest(told);
    },
    told(run, seq) {
      const left = (waiting.get(run) ?? []).filter((one) => one.seq > seq);
      if (left.length === 0) waiting.delete(run);
      else waiting.set(run, left);
    },
  };
}
