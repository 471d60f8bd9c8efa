import { decisionKey } from '../../approval/decision-key.ts';
import type { WorkflowContext } from '../../ports/workflows.ts';
import { isPending } from '../../run/run-state.ts';
import type { Deps } from '../deps.ts';
import type { Recorder } from '../recorder.ts';

/** The workflow that closes a plan's card is named by this and the plan. */
export const EXPIRE = 'expire-plan';

const LOOK_EVERY_MS = 5_000;

/** Waits until a plan's time is over, or it is decided; then, if nobody decided, records that it has expired. */
export async function expirePlan(
  deps: Deps,
  recorder: Recorder,
  context: WorkflowContext,
  runId: string,
  planId: string,
): Promise<void> {
  for (;;) {
    const action = (await recorder.state(runId))?.actions.find(({ plan }) => plan.id === planId);
    if (!action || !isPending(action)) return;
    const left = Date.parse(action.plan.expiresAt) - deps.clock.now().getTime();
    if (left <= 0) break;
    await deps.clock.sleep(Math.min(left, LOOK_EVERY_MS), context.signal);
  }
  await recorder.record(runId, { key: decisionKey(planId), fact: { type: 'action-expired', plan: planId } });
}
