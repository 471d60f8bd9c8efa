import type { Application } from '../../../src/ports/application.ts';
import type { RunEvent, RunFact } from '../../../src/run/events.ts';
import { type TimelineEntry, transcriptOf } from '../../../src/run/transcript.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';

/** A run as its page shows it: the thread, when each thing happened, and who decided what. */
export interface RunRecord {
  readonly view: ThreadView;
  readonly timeline: readonly TimelineEntry[];
  readonly decisions: readonly Decision[];
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
  if (!view) return null;
  const decisions = events.flatMap((event) => decisionOf(event) ?? []);
  return { view, timeline: transcriptOf(events)?.timeline ?? [], decisions };
}

function decisionOf({ at, fact }: RunEvent): Decision | null {
  switch (fact.type) {
    case 'action-proposed':
      return { at, who: nameOf(fact.plan.requestedBy), what: 'asked for it', plan: fact.plan.id };
    case 'action-approved':
      return { at, who: nameOf(fact.by), what: `approved (${fact.given} of ${fact.required})`, plan: fact.plan };
    case 'action-declined':
      return { at, who: nameOf(fact.by), what: 'declined', plan: fact.plan };
    case 'action-expired':
      return { at, who: '', what: 'expired without approval; nothing was done', plan: fact.plan };
    case 'press-refused':
      return { at, who: nameOf(fact.by), what: `was refused: ${fact.why}`, plan: fact.plan };
    default:
      return null;
  }
}

const nameOf = ({ id, name }: Extract<RunFact, { type: 'action-approved' }>['by']) => `${name} (${id})`;
