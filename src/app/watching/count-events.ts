import type { Meter } from '../../ports/meter.ts';
import type { RunEvent, RunFact } from '../../run/events.ts';
import { ofPlan, planKind } from './spans-of.ts';

/** Upper bounds in seconds: a diagnosis takes one second or sixty, an action minutes. */
const DIAGNOSIS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60];
const ACTION = [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200];

/** How an action ended before it was begun. */
const UNBEGUN: Readonly<Partial<Record<RunFact['type'], string>>> = {
  'action-declined': 'declined',
  'action-withdrawn': 'withdrawn',
  'action-void': 'void',
  'action-expired': 'expired',
};

/** Gives what counts an event; `history` are the run's events up to then. All labels are codes of the contract or of the events. */
export function createEventCounter(meter: Meter): (event: RunEvent, history: readonly RunEvent[]) => void {
  const counters = countersOf(meter);
  const durations = durationsOf(meter);
  return ({ fact, at }, history) => {
    switch (fact.type) {
      case 'opened':
        return counters.opened({ chat: fact.conversation.chat });
      case 'step-finished':
        return durations.step({ step: fact.step.id, status: fact.step.status }, fact.step.elapsedMs / 1000);
      case 'verdict-reached':
        counters.runs({ outcome: fact.verdict.outcome });
        counters.verdicts({ fault: fact.verdict.fault ?? 'unknown', confidence: fact.verdict.confidence });
        return durations.diagnosis({}, fact.elapsedMs / 1000);
      case 'failed':
        return counters.runs({ outcome: 'broke-down' });
      case 'press-refused':
        return counters.refused({});
      case 'action-declined':
      case 'action-withdrawn':
      case 'action-void':
      case 'action-expired':
        return counters.actions({ kind: planKind(history, fact.plan), outcome: UNBEGUN[fact.type] ?? 'unknown' });
      case 'action-finished': {
        const kind = planKind(history, fact.plan);
        const started = ofPlan(history, 'action-started', fact.plan);
        counters.actions({ kind, outcome: fact.outcome });
        if (started) durations.action({ kind }, Math.max(0, Date.parse(at) - Date.parse(started.at)) / 1000);
        if (fact.outcome === 'succeeded' && kind !== 'rebuild') durations.recovery({}, fact.sinceOpenedMs / 1000);
        return;
      }
    }
  };
}

function countersOf(meter: Meter) {
  return {
    opened: meter.counter({
      name: 'execfmt_runs_opened_total',
      help: 'Runs that were opened, by the chat they were asked for in.',
      labels: ['chat'],
    }),
    runs: meter.counter({
      name: 'execfmt_runs_total',
      help: 'Diagnoses that ended, by outcome: runs, will-not-run, inconclusive, broke-down.',
      labels: ['outcome'],
    }),
    verdicts: meter.counter({
      name: 'execfmt_verdicts_total',
      help: 'Verdicts, by fault and confidence.',
      labels: ['fault', 'confidence'],
    }),
    actions: meter.counter({
      name: 'execfmt_actions_total',
      help: 'Actions that ended, by kind and outcome, also those that were never begun.',
      labels: ['kind', 'outcome'],
    }),
    refused: meter.counter({
      name: 'execfmt_presses_refused_total',
      help: 'Buttons that were pressed by somebody who may not.',
      labels: [],
    }),
  };
}

function durationsOf(meter: Meter) {
  return {
    step: meter.histogram(
      {
        name: 'execfmt_step_duration_seconds',
        help: 'From the beginning of the diagnosis until a step was told; steps are worked out side by side.',
        labels: ['step', 'status'],
      },
      DIAGNOSIS,
    ),
    diagnosis: meter.histogram(
      { name: 'execfmt_diagnosis_duration_seconds', help: 'From the command to the verdict.', labels: [] },
      DIAGNOSIS,
    ),
    action: meter.histogram(
      { name: 'execfmt_action_duration_seconds', help: 'From the start of an action to its end.', labels: ['kind'] },
      ACTION,
    ),
    recovery: meter.histogram(
      {
        name: 'execfmt_recovery_duration_seconds',
        help: 'From the command to the verified recovery.',
        labels: [],
      },
      ACTION,
    ),
  };
}
