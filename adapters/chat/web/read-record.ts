import type { Application } from '../../../src/ports/application.ts';
import type { RunEvent, RunFact } from '../../../src/run/events.ts';
import { tellEvent } from '../../../src/run/transcript/tell-event.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';

/** A run as its page shows it: the thread, when each thing happened, and who decided what. */
export interface RunRecord {
  readonly view: ThreadView;
  readonly timeline: readonly TimelineEntry[];
  readonly decisions: readonly Decision[];
}

/** One line of the timeline. */
export interface TimelineEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Since the command. Milliseconds; never negative, as a clock may have been set back. */
  readonly sinceMs: number;
  readonly what: string;
}

/** What one person, or the clock, decided about a plan. */
export interface Decision {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Name and identity; empty for the clock. */
  readonly who: string;
  readonly what: string;
  readonly plan: string;
}

/** Reads a run for its page; null when there is no such run. */
export async function readRecord(application: Application, run: string): Promise<RunRecord | null> {
  const [view, events] = await Promise.all([application.thread(run), application.events(run)]);
  return view && recordOf(view, events);
}

/** A run's thread and events as its record. */
export function recordOf(view: ThreadView, events: readonly RunEvent[]): RunRecord {
  return { view, timeline: timelineOf(events), decisions: events.flatMap((event) => decisionOf(event) ?? []) };
}

function timelineOf(events: readonly RunEvent[]): readonly TimelineEntry[] {
  const openedAt = Date.parse(events[0]?.at ?? '');
  return events.map(({ at, fact }) => ({
    at,
    sinceMs: Math.max(0, Date.parse(at) - openedAt),
    what: tellEvent(fact),
  }));
}

function decisionOf({ at, fact }: RunEvent): Decision | null {
  switch (fact.type) {
    case 'action-proposed':
      return { at, who: nameOf(fact.plan.requestedBy), what: 'asked for it', plan: fact.plan.id };
    case 'action-approved':
      return { at, who: nameOf(fact.by), what: `approved (${fact.given} of ${fact.required})`, plan: fact.plan };
    case 'action-declined':
      return { at, who: nameOf(fact.by), what: `declined${because(fact.reason)}`, plan: fact.plan };
    case 'action-withdrawn':
      return { at, who: nameOf(fact.by), what: `withdrew it${because(fact.reason)}`, plan: fact.plan };
    case 'cancel-asked':
      return { at, who: nameOf(fact.by), what: 'had the build cancelled', plan: fact.plan };
    case 'action-void':
      return { at, who: '', what: `became void: ${fact.changed}`, plan: fact.plan };
    case 'action-expired':
      return { at, who: '', what: 'expired without approval; nothing was done', plan: fact.plan };
    case 'press-refused':
      return { at, who: nameOf(fact.by), what: `was refused: ${fact.why}`, plan: fact.plan };
    default:
      return null;
  }
}

const because = (reason: string | undefined) => (reason ? `: ${reason}` : '');
const nameOf = ({ id, name }: Extract<RunFact, { type: 'action-approved' }>['by']) => `${name} (${id})`;
