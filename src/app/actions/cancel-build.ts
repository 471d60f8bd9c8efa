import type { IntentReply } from '../../ports/application.ts';
import { isUnderWay } from '../../run/run-state.ts';
import { decidable, permissionOf } from './policy-of.ts';
import type { Pressed } from './pressed.ts';
import { NO_SUCH_PLAN, notCounted } from './tell-privately.ts';

/** Has a rebuild cancelled that is under way: by those who may approve it, and by the one who asked. */
export async function cancelBuild(
  { deps, recorder, state, intent, signal }: Pressed,
  planId: string,
): Promise<IntentReply> {
  const one = decidable(deps, state, planId);
  if (!one) return NO_SUCH_PLAN;
  const { action } = one;
  if (action.plan.kind !== 'rebuild' || !isUnderWay(action))
    return notCounted('There is nothing to cancel: see the thread.');
  if (intent.by.id !== action.plan.requestedBy.id) {
    const permission = await permissionOf(deps, one, intent.by, signal);
    if (!permission.granted) return notCounted(permission.why);
  }
  const fact = { type: 'cancel-asked', plan: planId, by: intent.by } as const;
  const added = await recorder.record(state.run, { key: `cancel:${planId}`, fact });
  return added.length > 0 ? { kind: 'nothing' } : notCounted('That was asked for already: see the thread.');
}
