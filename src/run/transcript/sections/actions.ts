import { describePlace } from '../../../playbook/place.ts';
import type { RunEvent, RunFact } from '../../events.ts';
import type { ActionState } from '../../run-state.ts';
import { type Block, facts, heading, type Section, table, text } from '../document.ts';
import { formatUtc, namePerson, type Subject, since } from '../subject.ts';
import { tellEvent } from '../tell-event.ts';
import { tellActionOutcome, tellPlan } from '../tell-plan.ts';

/** The audit trail of each action: what was approved, by whom, every phase, the outcome. */
export function actionsSection(subject: Subject): Section {
  const { actions } = subject.state;
  const blocks = actions.flatMap((action) => [
    heading(3, `Plan ${action.plan.id}: ${tellPlan(action.plan).what} at ${describePlace(action.plan.where)}`),
    planFacts(subject, action),
    text('Calls that were approved:'),
    { kind: 'code', text: action.plan.calls.join('\n') } as const,
    trail(subject, action.plan.id),
  ]);
  const none = text('No action was proposed: nothing was changed anywhere.');
  return { id: 'actions', title: 'Actions', blocks: blocks.length > 0 ? blocks : [none] };
}

function planFacts(subject: Subject, action: ActionState): Block {
  const { plan, approvals, approvedBy, finished } = action;
  const { from, to } = tellPlan(plan);
  const approved = approvedBy.map(({ by, at }) => `${namePerson(by)} at ${formatUtc(at)}`).join('; ');
  return facts(
    ['From', from],
    ['To', to],
    ['Why it will help', plan.proof],
    ['Plan hash', plan.hash],
    ['Asked for by', namePerson(plan.requestedBy)],
    ['Policy', `${approvals.policy}: ${approvals.required} of ${approvals.approvers.join(', ')}`],
    ['Approved by', approved || 'nobody'],
    ['Valid until', formatUtc(plan.expiresAt)],
    ['Outcome', tellActionOutcome(action)],
    ...(finished ? [['Ended', `${since(subject, finished.at)} after the command`] as const] : []),
  );
}

/** All events of one plan, as a table. */
function trail(subject: Subject, plan: string): Block {
  const rows = subject.events
    .filter(({ fact }) => planOf(fact) === plan)
    .map(({ at, fact }: RunEvent) => [formatUtc(at), since(subject, at), tellEvent(fact)]);
  return table(`Audit trail of plan ${plan}`, ['Time (UTC)', 'Elapsed', 'What'], rows);
}

/** The plan that an event belongs to, whatever its kind. */
function planOf(fact: RunFact): string | null {
  if (!('plan' in fact)) return null;
  return typeof fact.plan === 'string' ? fact.plan : fact.plan.id;
}
