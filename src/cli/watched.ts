import { systemClock } from '../../adapters/system/clock.ts';
import { createRunScope } from '../../adapters/system/run-scope.ts';
import { createEventCounter } from '../app/watching/count-events.ts';
import { measureLag } from '../app/watching/measure-lag.ts';
import { observeJournal } from '../app/watching/observe-journal.ts';
import { createProbeObserver, type ObserveProbes } from '../app/watching/observe-probes.ts';
import { observeWorkflows } from '../app/watching/observe-workflows.ts';
import { type EventProjection, projectEvents } from '../app/watching/project-events.ts';
import { createTargets, sayRun } from '../app/watching/say-run.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import { type Meter, noMeter } from '../ports/meter.ts';
import { noTracer, type Tracer } from '../ports/tracer.ts';
import type { Workflows } from '../ports/workflows.ts';

/** Where numbers and traces go. */
export interface Telemetry {
  readonly meter: Meter;
  readonly tracer: Tracer;
}

/** For commands that nobody watches. */
export const UNWATCHED: Telemetry = { meter: noMeter, tracer: noTracer };

/** The parts of a composition, watched. */
export interface Watched {
  /** Every line that belongs to a run says so. */
  readonly log: Log;
  readonly observe: ObserveProbes;
  /** Counts that a chat has asked us to wait. */
  throttled(chat: string): () => void;
  journal(journal: Journal, chats: readonly string[]): Journal;
  workflows(workflows: Workflows): Workflows;
  /** Tells what is left. */
  stop(): Promise<void>;
}

export function watch({ meter, tracer }: Telemetry, log: Log): Watched {
  const scope = createRunScope();
  const targets = createTargets();
  const watchedLog = sayRun(log, scope, targets);
  const throttled = meter.counter({
    name: 'execfmt_chat_throttled_total',
    help: 'How often a chat refused a message because there were too many, and asked to wait.',
    labels: ['chat'],
  });
  const count = createEventCounter(meter);
  let events: EventProjection | null = null;
  return {
    log: watchedLog,
    observe: createProbeObserver({ meter, tracer, scope, clock: systemClock }),
    throttled: (chat) => () => throttled({ chat }),
    journal(journal, chats) {
      const lag = measureLag(meter, systemClock, new Set(chats));
      events = projectEvents({ journal, log: watchedLog, tracer, count });
      return observeJournal(journal, [targets, lag, events]);
    },
    workflows: (workflows) => observeWorkflows(workflows, meter, scope),
    async stop() {
      await events?.settled();
      await tracer.stop();
    },
  };
}
