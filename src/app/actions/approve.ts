import { decisionKey } from '../../approval/decision-key.ts';
import type { Intent, IntentReply } from '../../ports/application.ts';
import { isPending } from '../../run/run-state.ts';
import type { Deps } from '../deps.ts';
import type { Recorder } from '../recorder.ts';
import { type Decidable, decidable, permissionOf } from './policy-of.ts';
import type { Pressed } from './pressed.ts';
import { startAction } from './start-action.ts';
import { NO_SUCH_PLAN, notCounted } from './tell-privately.ts';
import { whatMoved } from './what-moved.ts';

const LOOK_MS = 10_000;

/**
 * Counts one approval of a plan, by who may, of exactly what was shown, while the world is still what it was; with the last
 * one needed the action starts, once.
 */
export async function approve(
  { deps, recorder, state, intent, signal }: Pressed,
  planId: string,
  hash: string | null,
): Promise<IntentReply> {
  const one = decidable(deps, state, planId);
  if (!one) return NO_SUCH_PLAN;
  // Counted by a process that died before it could start the action.
  if (isPending(one.action) && isComplete(one, intent)) return startAction(deps, recorder, one.action);
  const why = whyOver(one) ?? (await closeExpired(deps, recorder, one)) ?? (await refuse());
  if (why) return notCounted(why);
  const moved = await voidIfMoved(deps, recorder, one, signal);
  if (moved) return notCounted(moved);

  const { plan, approvedBy } = one.action;
  const { required } = one.policy;
  const fact = {
    type: 'action-approved',
    plan: plan.id,
    by: intent.by,
    given: approvedBy.length + 1,
    required,
  } as const;
  await recorder.record(state.run, { key: `approved:${plan.id}:${intent.by.id}`, fact });
  const counted = (await recorder.state(state.run))?.actions.find((candidate) => candidate.plan.id === planId);
  if (!counted || counted.approvedBy.length < required) return { kind: 'nothing' };
  return startAction(deps, recorder, counted);

  /** Refusals are recorded: they belong to the audit. */
  async function refuse(): Promise<string | null> {
    const { action } = one as Decidable;
    const permission = await permissionOf(deps, one as Decidable, intent.by, signal);
    const refusal = !permission.granted
      ? permission.why
      : hash !== action.plan.hash
        ? 'This button belongs to another plan: use the newest card.'
        : null;
    if (refusal) {
      const refused = { type: 'press-refused', plan: planId, by: intent.by, why: refusal } as const;
      await recorder.record(state.run, { key: `refused:${planId}:${intent.delivery}`, fact: refused });
      deps.log.warn({ run: state.run, plan: planId, by: intent.by.id }, 'an approval was refused');
      return refusal;
    }
    const again = action.approvedBy.some(({ by }) => by.id === intent.by.id);
    return again ? 'You approved this already; another person has to.' : null;
  }
}

/** Whether all approvals are there, the one of who presses among them. */
const isComplete = ({ action: { approvedBy }, policy }: Decidable, { by: { id } }: Intent) =>
  approvedBy.length >= policy.required && approvedBy.some(({ by }) => by.id === id);

/** Why a plan cannot be decided any more; null when it can. */
export function whyOver({ action }: Decidable): string | null {
  const { declined, withdrawn, voidBecause, expired } = action;
  if (isPending(action)) return null;
  if (declined) return `${declined.by.name} declined this.`;
  if (withdrawn) return `${withdrawn.by.name} withdrew this.`;
  if (voidBecause) return `This does not hold any more: ${voidBecause} Run again for a fresh one.`;
  if (expired) return EXPIRED;
  return 'This was approved and started already: see the thread.';
}

const EXPIRED = 'This plan has expired. Run again for a fresh one.';

async function closeExpired(deps: Deps, recorder: Recorder, { action }: Decidable): Promise<string | null> {
  const { id, run, expiresAt } = action.plan;
  if (Date.parse(expiresAt) > deps.clock.now().getTime()) return null;
  await recorder.record(run, { key: decisionKey(id), fact: { type: 'action-expired', plan: id } });
  return EXPIRED;
}

/** A plan that does not fit the world any more is void for everybody, and its card says what changed. */
async function voidIfMoved(
  deps: Deps,
  recorder: Recorder,
  { action: { plan } }: Decidable,
  signal: AbortSignal,
): Promise<string | null> {
  const moved = await whatMoved(deps, plan, deps.clock.deadline(LOOK_MS, signal));
  if (moved.kind === 'probe-failed')
    return `Whether it still is as it was proposed cannot be seen now, so nothing was counted: ${moved.why.message}`;
  if (moved.value === null) return null;
  const fact = { type: 'action-void', plan: plan.id, changed: moved.value } as const;
  await recorder.record(plan.run, { key: decisionKey(plan.id), fact });
  return `This does not hold any more: ${moved.value} Run again for a fresh one.`;
}
