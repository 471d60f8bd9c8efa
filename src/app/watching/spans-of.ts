import type { Span } from '../../ports/tracer.ts';
import type { RunEvent, RunFact } from '../../run/events.ts';

type Fact<T extends RunFact['type']> = Extract<RunFact, { readonly type: T }>;

/** The key of a run's root span. */
const ROOT = 'run';

/**
 * The spans that end with an event: of the run, of finding its instances, of each step, of waiting for people, of each action and its
 * phases. `history` are the run's events up to then. Steps are worked out side by side, so each begins where the first does.
 */
export function spansOf(event: RunEvent, history: readonly RunEvent[]): readonly Span[] {
  const { fact, run } = event;
  const opened = history[0];
  if (opened?.fact.type !== 'opened') return [];
  const ended = (key: string, parent: string | null, name: string, since: RunEvent | undefined): Span => ({
    ...{ run, key, parent, name, failure: null, attributes: {} },
    ...{ from: Date.parse((since ?? opened).at), to: Date.parse(event.at) },
  });
  switch (fact.type) {
    case 'located':
      return [{ ...ended('locate', ROOT, 'locate', opened), attributes: { instances: fact.places.length } }];
    case 'step-finished': {
      const { id, status, findings } = fact.step;
      const attributes = { status, findings: findings.length };
      return [{ ...ended(`step:${id}`, ROOT, `step ${id}`, firstOf(history, 'located')), attributes }];
    }
    case 'closed':
      return [{ ...ended(ROOT, null, 'run', opened), ...runDetails(opened.fact, history) }];
    case 'action-started':
      return [ended(`approval:${fact.plan}`, ROOT, 'approval', ofPlan(history, 'action-proposed', fact.plan))];
    case 'action-phase':
      return fact.state === 'begun' ? [] : [phaseSpan(fact, ended, history)];
    case 'action-finished': {
      const kind = planKind(history, fact.plan);
      const span = ended(actionKey(fact.plan), ROOT, `action ${kind}`, ofPlan(history, 'action-started', fact.plan));
      const failure = fact.outcome === 'succeeded' ? null : fact.detail;
      return [{ ...span, failure, attributes: { kind, outcome: fact.outcome } }];
    }
    default:
      return [];
  }
}

const actionKey = (plan: string) => `action:${plan}`;

function phaseSpan(
  fact: Fact<'action-phase'>,
  ended: (key: string, parent: string, name: string, since: RunEvent | undefined) => Span,
  history: readonly RunEvent[],
): Span {
  const { plan, phase, state, detail } = fact;
  const begun = history.find(
    (one) => one.fact.type === 'action-phase' && one.fact.plan === plan && one.fact.phase === phase,
  );
  const span = ended(`phase:${plan}:${phase}`, actionKey(plan), `phase ${phase}`, begun);
  return { ...span, failure: state === 'failed' ? detail : null };
}

function runDetails(opened: Fact<'opened'>, history: readonly RunEvent[]): Pick<Span, 'attributes' | 'failure'> {
  const verdict = firstOf(history, 'verdict-reached')?.fact;
  const failed = firstOf(history, 'failed')?.fact;
  const reached = verdict?.type === 'verdict-reached' ? verdict.verdict : null;
  return {
    failure: failed?.type === 'failed' ? failed.message : null,
    attributes: {
      'execfmt.target': opened.target,
      'execfmt.chat': opened.conversation.chat,
      'execfmt.practice': opened.practice,
      ...(reached && { 'execfmt.outcome': reached.outcome, 'execfmt.fault': reached.fault ?? 'unknown' }),
    },
  };
}

function firstOf(history: readonly RunEvent[], type: RunFact['type']): RunEvent | undefined {
  return history.find(({ fact }) => fact.type === type);
}

/** The event of one kind that is about a plan. */
export function ofPlan(
  history: readonly RunEvent[],
  type: 'action-proposed' | 'action-started',
  plan: string,
): RunEvent | undefined {
  return history.find(({ fact }) => fact.type === type && planOf(fact) === plan);
}

const planOf = (fact: RunFact) =>
  fact.type === 'action-proposed' ? fact.plan.id : fact.type === 'action-started' ? fact.plan : null;

/** What a plan does, by its name; `unknown` when it was never proposed. */
export function planKind(history: readonly RunEvent[], plan: string): string {
  const proposed = ofPlan(history, 'action-proposed', plan)?.fact;
  return proposed?.type === 'action-proposed' ? proposed.plan.kind : 'unknown';
}
