import type { Journal } from '../ports/journal.ts';
import type { EventDraft, RunEvent } from '../run/events.ts';
import { foldRun, type RunState } from '../run/run-state.ts';
import { redactDeep } from '../view/redact-deep.ts';
import type { Deps } from './deps.ts';

/** Writes events, redacted, and tells those who watch. The one way by which a run changes. */
export interface Recorder {
  open(run: string, target: string, first: EventDraft): Promise<{ run: string; opened: boolean }>;
  /** Gives the events that were new: none when all keys were there already. */
  record(run: string, ...drafts: EventDraft[]): Promise<readonly RunEvent[]>;
  /** The run may be asked for anew. */
  close(run: string): Promise<void>;
  state(run: string): Promise<RunState | null>;
  /** Tells of every change, also of those that other processes make. */
  watch(listener: (run: string) => void): () => void;
}

export function createRecorder({
  journal,
  clock,
  redact,
}: Pick<Deps, 'clock' | 'redact'> & { journal: Journal }): Recorder {
  const listeners = new Set<(run: string) => void>();
  let watchesOthers = false;
  const changed = (run: string) => {
    for (const listener of listeners) listener(run);
  };
  return {
    async open(run, target, first) {
      const opened = await journal.open(run, target, redactDeep(first, redact), clock.now());
      if (opened.opened) changed(run);
      return opened;
    },
    async record(run, ...drafts) {
      const events = await journal.append(run, redactDeep(drafts, redact), clock.now());
      if (events.length > 0) changed(run);
      return events;
    },
    async close(run) {
      await journal.append(run, [{ key: 'closed', fact: { type: 'closed' } }], clock.now());
      await journal.close(run);
      changed(run);
    },
    async state(run) {
      return foldRun(await journal.read(run));
    },
    watch(listener) {
      listeners.add(listener);
      if (!watchesOthers) journal.watch(changed);
      watchesOthers = true;
      return () => listeners.delete(listener);
    },
  };
}
