import { decisionKey } from '../../approval/decision-key.ts';
import type { Intent, IntentReply } from '../../ports/application.ts';
import { isPending } from '../../run/run-state.ts';
import { whyOver } from './approve.ts';
import { decidable, permissionOf } from './policy-of.ts';
import type { Pressed } from './pressed.ts';
import { NO_SUCH_PLAN, notCounted } from './tell-privately.ts';

/** Longest reason that is kept, in characters. */
const REASON_LIMIT = 500;

const TOO_LATE = 'It is too late for that: see the thread.';

/** Declines a plan: by those who may approve it, with their reason. By the one who asked it is withdrawn. */
export async function decline(pressed: Pressed, planId: string): Promise<IntentReply> {
  const { deps, recorder, state, intent, signal } = pressed;
  const one = decidable(deps, state, planId);
  if (!one) return NO_SUCH_PLAN;
  if (intent.by.id === one.action.plan.requestedBy.id) return withdraw(pressed, planId);
  if (!isPending(one.action)) return notCounted(whyOver(one) ?? TOO_LATE);
  const permission = await permissionOf(deps, one, intent.by, signal);
  if (!permission.granted) return notCounted(permission.why);
  const fact = { type: 'action-declined', plan: planId, by: intent.by, ...reasonOf(intent) } as const;
  const added = await recorder.record(state.run, { key: decisionKey(planId), fact });
  return added.length > 0 ? { kind: 'nothing' } : notCounted(TOO_LATE);
}

/** Withdraws a plan: by the one who asked for it, and nobody else. */
export async function withdraw({ deps, recorder, state, intent }: Pressed, planId: string): Promise<IntentReply> {
  const one = decidable(deps, state, planId);
  if (!one) return NO_SUCH_PLAN;
  const { requestedBy } = one.action.plan;
  if (intent.by.id !== requestedBy.id)
    return notCounted(
      `Only ${requestedBy.name}, who asked for this, can withdraw it. Those who may approve can decline.`,
    );
  if (!isPending(one.action)) return notCounted(whyOver(one) ?? TOO_LATE);
  const fact = { type: 'action-withdrawn', plan: planId, by: intent.by, ...reasonOf(intent) } as const;
  const added = await recorder.record(state.run, { key: decisionKey(planId), fact });
  return added.length > 0 ? { kind: 'nothing' } : notCounted(TOO_LATE);
}

function reasonOf({ what }: Intent): { readonly reason?: string } {
  const said = what.kind === 'press' ? (what.said ?? '').replace(/\s+/g, ' ').trim() : '';
  return said === '' ? {} : { reason: said.slice(0, REASON_LIMIT) };
}
