import type { Log, LogFields } from '../../ports/log.ts';
import type { RunScope } from '../../ports/run-scope.ts';
import type { RunEvent } from '../../run/events.ts';
import type { JournalWatcher } from './observe-journal.ts';

/** Runs whose target is remembered; the oldest go. */
const MOST = 10_000;

/** What each run is about, as far as this process has seen it. */
export interface Targets extends JournalWatcher {
  of(run: string): string | null;
}

export function createTargets(): Targets {
  const targets = new Map<string, string>();
  const note = ({ run, fact }: RunEvent) => {
    if (fact.type !== 'opened') return;
    targets.set(run, fact.target);
    const [oldest] = targets.keys();
    if (targets.size > MOST && oldest !== undefined) targets.delete(oldest);
  };
  return {
    wrote: note,
    read: note,
    told: () => {},
    of: (run) => targets.get(run) ?? null,
  };
}

/** The same log, in which every line that belongs to a run says which, and what its target is. */
export function sayRun(log: Log, scope: RunScope, targets: Pick<Targets, 'of'>): Log {
  const whole = (fields: LogFields): LogFields => {
    const run = fields.run ?? scope.current();
    if (typeof run !== 'string') return fields;
    const target = fields.target ?? targets.of(run);
    return { ...fields, run, ...(target !== null && { target }) };
  };
  return {
    debug: (fields, message) => log.debug(whole(fields), message),
    info: (fields, message) => log.info(whole(fields), message),
    warn: (fields, message) => log.warn(whole(fields), message),
    error: (fields, message) => log.error(whole(fields), message),
  };
}
