import { actionOf } from '../../approval/action-of.ts';
import { hashPlan } from '../../approval/hash-plan.ts';
import type { UnsealedPlan } from '../../approval/plan.ts';
import { describePlace } from '../../playbook/place.ts';
import type { Remedy } from '../../playbook/verdict.ts';
import type { IntentReply } from '../../ports/application.ts';
import { type ActionState, isPending, isUnderWay, offeredRemedies, type RunState } from '../../run/run-state.ts';
import { privateCard, withCode } from '../../view/private-card.ts';
import { redactDeep } from '../../view/redact-deep.ts';
import { summaryOf } from '../investigate.ts';
import { serviceAt } from '../service-at.ts';
import { EXPIRE } from './expire-plan.ts';
import { planRebuild } from './plan-rebuild.ts';
import { planSwap, type Refusal } from './plan-swap.ts';
import type { Pressed } from './pressed.ts';

const LOOK_MS = 10_000;

/**
 * Turns an offered remedy into a plan that can be approved: looks at the world as it is now, and binds exactly that.
 * Nothing is changed. Two presses make one plan.
 */
export async function propose({ deps, recorder, state, intent, signal }: Pressed, index: number): Promise<IntentReply> {
  const remedy = offeredRemedies(state)[index];
  const kind = remedy ? actionOf(remedy) : null;
  if (!remedy?.where || !kind) return refuse('This remedy cannot be carried out from here.');
  const service = serviceAt(deps, state.target, remedy.where);
  const approvals = summaryOf(service?.approvals ?? null);
  if (!service?.approvals || !approvals)
    return refuse('Nobody is configured to approve changes of this target: it is diagnosis only.');
  const same = state.actions.find(
    (action) => isSame(action, kind, remedy) && (isPending(action) || isUnderWay(action)),
  );
  if (same) return refuse(`${same.plan.requestedBy.name} asked for this already: see the card in the thread.`);

  const frame = {
    id: deps.ids.plan(),
    run: state.run,
    where: remedy.where,
    service: service.name,
    proof: remedy.because,
    policy: approvals.policy,
    requestedBy: intent.by,
    expiresAt: new Date(deps.clock.now().getTime() + service.approvals.expiresInMs).toISOString(),
  };
  const deadline = deps.clock.deadline(LOOK_MS, signal);
  const plan: UnsealedPlan | Refusal = await (kind === 'rebuild'
    ? planRebuild(deps, frame, service, remedy, deadline)
    : planSwap(deps, frame, kind, remedy, deadline));
  if ('refused' in plan) return refuse(plan.refused, plan.patch);
  const clean = redactDeep(plan, deps.redact);
  const sealed = { ...clean, hash: hashPlan(clean, deps.ids.sha256) };
  const key = proposalKey(state, kind, remedy);
  const added = await recorder.record(state.run, { key, fact: { type: 'action-proposed', plan: sealed, approvals } });
  if (added.length === 0) return refuse('Somebody asked for this at the same moment: see the card in the thread.');
  await deps.workflows.start(EXPIRE, `${EXPIRE}:${plan.id}`, { run: state.run, plan: plan.id });
  return { kind: 'nothing' };
}

/** Whether an action does what is asked for: the same deed with the same outcome on the same instance. */
function isSame({ plan }: ActionState, kind: ActionState['plan']['kind'], remedy: Remedy): boolean {
  if (plan.kind !== kind) return false;
  if (plan.kind === 'rebuild') return plan.platform === remedy.platform;
  const here = remedy.where !== undefined && describePlace(plan.where) === describePlace(remedy.where);
  return here && plan.proposed.digest === remedy.digest;
}

/** Unique for this deed until the plan before it has ended, so that two presses at once make one plan. */
function proposalKey(state: RunState, kind: ActionState['plan']['kind'], remedy: Remedy): string {
  const earlier = state.actions.filter((action) => isSame(action, kind, remedy)).length;
  const where = kind === 'rebuild' || !remedy.where ? '' : describePlace(remedy.where);
  return `proposed:${kind}:${remedy.digest ?? remedy.platform}:${where}:${earlier}`;
}

function refuse(text: string, patch: string | null = null): IntentReply {
  const card = privateCard('Not proposed', text);
  return { kind: 'private', card: patch === null ? card : withCode(card, patch) };
}
