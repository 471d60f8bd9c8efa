import { decisionKey } from '../approval/decision-key.ts';
import { type ApprovalPolicy, mayApprove } from '../approval/may-approve.ts';
import type { Person } from '../approval/person.ts';
import { describePlace } from '../playbook/place.ts';
import type { Intent, IntentReply } from '../ports/application.ts';
import { type ActionState, isPending, type RunState } from '../run/run-state.ts';
import { privateCard } from '../view/private-card.ts';
import type { Deps } from './deps.ts';
import type { Recorder } from './recorder.ts';
import { serviceAt } from './service-at.ts';

/** The workflow of an approved action is named by its plan. */
export const CARRY_OUT = 'carry-out';

const GROUP_MS = 5_000;

/**
 * Counts one approval of a plan, by who may, of exactly what was shown; with the last one needed the action starts, once.
 */
export async function approve(
  deps: Deps,
  recorder: Recorder,
  state: RunState,
  intent: Intent,
  planId: string,
  hash: string | null,
  signal: AbortSignal,
): Promise<IntentReply> {
  const action = state.actions.find(({ plan }) => plan.id === planId);
  const policy = action ? (serviceAt(deps, state.target, action.plan.where)?.approvals ?? null) : null;
  const refusal = await refuseWhy(deps, recorder, { action, policy, intent, hash, signal });
  if (refusal || !action || !policy) return refusal ?? privately('There is no such plan any more.');

  const { plan } = action;
  const given = action.approvedBy.length + 1;
  const fact = { type: 'action-approved', plan: plan.id, by: intent.by, given, required: policy.required } as const;
  await recorder.record(state.run, { key: `approved:${plan.id}:${intent.by.id}`, fact });
  const counted = (await recorder.state(state.run))?.actions.find((one) => one.plan.id === planId);
  if (!counted || counted.approvedBy.length < policy.required) return { kind: 'nothing' };
  return startAction(deps, recorder, counted);
}

/** Starts a plan that has its approvals. By the plan's id it starts once, whoever asks and however often. */
export async function startAction(deps: Deps, recorder: Recorder, { plan }: ActionState): Promise<IntentReply> {
  const started = await deps.workflows.start(
    CARRY_OUT,
    plan.id,
    { run: plan.run, plan: plan.id },
    `action:${describePlace(plan.where)}`,
  );
  if (started === 'started') return { kind: 'nothing' };
  if (started === 'exists') return privately('This was approved and started already: see the thread.');
  const detail = `Another action is under way on ${describePlace(plan.where)}; nothing was done. Run again when it has ended.`;
  const openedAt = (await recorder.state(plan.run))?.openedAt ?? plan.expiresAt;
  const sinceOpenedMs = Math.max(0, deps.clock.now().getTime() - Date.parse(openedAt));
  const fact = {
    type: 'action-finished',
    plan: plan.id,
    outcome: 'refused',
    detail,
    impact: [],
    sinceOpenedMs,
  } as const;
  await recorder.record(plan.run, { key: `finished:${plan.id}`, fact });
  return privately(detail);
}

/** Declines a plan: by those who may approve it, and by the one who asked. */
export async function decline(
  deps: Deps,
  recorder: Recorder,
  state: RunState,
  intent: Intent,
  planId: string,
  signal: AbortSignal,
): Promise<IntentReply> {
  const action = state.actions.find(({ plan }) => plan.id === planId);
  const policy = action ? (serviceAt(deps, state.target, action.plan.where)?.approvals ?? null) : null;
  if (!action || !policy) return privately('There is no such plan any more.');
  if (!isPending(action)) return privately('It is too late to decline: see the thread.');
  if (intent.by.id !== action.plan.requestedBy.id) {
    const permission = await mayApprove(policy, intent.by, action.plan.requestedBy, groupsOf(deps, intent.by, signal));
    if (!permission.granted) return privately(permission.why);
  }
  const fact = { type: 'action-declined', plan: planId, by: intent.by } as const;
  const added = await recorder.record(state.run, { key: decisionKey(planId), fact });
  return added.length > 0 ? { kind: 'nothing' } : privately('It is too late to decline: see the thread.');
}

interface Attempt {
  readonly action: ActionState | undefined;
  readonly policy: ApprovalPolicy | null;
  readonly intent: Intent;
  readonly hash: string | null;
  readonly signal: AbortSignal;
}

/** Why an approval does not count; null when it does. Refusals are recorded: they belong to the audit. */
async function refuseWhy(
  deps: Deps,
  recorder: Recorder,
  { action, policy, intent, hash, signal }: Attempt,
): Promise<IntentReply | null> {
  if (!action || !policy) return privately('There is no such plan any more.');
  const { plan } = action;
  if (action.declinedBy) return privately(`${action.declinedBy.name} declined this.`);
  if (action.started || action.finished) return privately('This was approved and started already: see the thread.');
  if (action.expired || Date.parse(plan.expiresAt) <= deps.clock.now().getTime()) {
    await recorder.record(plan.run, { key: decisionKey(plan.id), fact: { type: 'action-expired', plan: plan.id } });
    return privately('This plan has expired. Run again for a fresh one.');
  }
  const permission = await mayApprove(policy, intent.by, plan.requestedBy, groupsOf(deps, intent.by, signal));
  const why = !permission.granted
    ? permission.why
    : hash !== plan.hash
      ? 'This button belongs to another plan: use the newest card.'
      : null;
  if (why) {
    const fact = { type: 'press-refused', plan: plan.id, by: intent.by, why } as const;
    await recorder.record(plan.run, { key: `refused:${plan.id}:${intent.delivery}`, fact });
    deps.log.warn({ run: plan.run, plan: plan.id, by: intent.by.id }, 'an approval was refused');
    return privately(why);
  }
  return action.approvedBy.some(({ by }) => by.id === intent.by.id)
    ? privately('You approved this already; another person has to.')
    : null;
}

/** Asks the person's own chat whether they are in a group; a chat that does not answer means no. */
function groupsOf(deps: Deps, person: Person, signal: AbortSignal): (group: string) => Promise<boolean> {
  const chat = deps.chats.find(({ kind }) => person.id.startsWith(`${kind}:`));
  return async (group) => {
    if (!chat) return false;
    try {
      return await chat.isMember(group, person, deps.clock.deadline(GROUP_MS, signal));
    } catch (error) {
      deps.log.warn({ group, error: String(error) }, 'a group could not be looked up: counted as not a member');
      return false;
    }
  };
}

function privately(text: string): IntentReply {
  return { kind: 'private', card: privateCard('Not counted', text) };
}
