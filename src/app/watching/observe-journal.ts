import type { Journal } from '../../ports/journal.ts';
import type { RunEvent } from '../../run/events.ts';

/** What is told of a journal: each event once, by the process that wrote it, and what the chats have been told. */
export interface JournalWatcher {
  wrote(event: RunEvent): void;
  told(run: string, seq: number): void;
  /** What a run began with, when it was read; also of one that another process opened. */
  read?(first: RunEvent): void;
}

/** The same journal, of which a watcher sees what is written. What a watcher does is done after the write. */
export function observeJournal(journal: Journal, watchers: readonly JournalWatcher[]): Journal {
  const tell = (events: readonly RunEvent[]) => {
    for (const event of events) for (const watcher of watchers) watcher.wrote(event);
  };
  return {
    ...journal,
    async open(run, target, first, at) {
      const opened = await journal.open(run, target, first, at);
      if (opened.opened) tell([{ ...first, run: opened.run, seq: 1, at: at.toISOString() }]);
      return opened;
    },
    async append(run, drafts, at) {
      const events = await journal.append(run, drafts, at);
      tell(events);
      return events;
    },
    async read(run) {
      const events = await journal.read(run);
      const [first] = events;
      if (first) for (const watcher of watchers) watcher.read?.(first);
      return events;
    },
    async setTold(run, chat, seq) {
      await journal.setTold(run, chat, seq);
      for (const watcher of watchers) watcher.told(run, seq);
    },
  };
}
