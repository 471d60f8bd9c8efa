import { decisionKey } from '../../approval/decision-key.ts';
import type { ActionPlan } from '../../approval/plan.ts';
import { describePlace } from '../../playbook/place.ts';
import type { WorkflowContext } from '../../ports/workflows.ts';
import type { Deps } from '../deps.ts';
import type { Recorder } from '../recorder.ts';
import { type ActionJob, createJob } from './action-job.ts';
import { carryOutRebuild } from './carry-out-rebuild.ts';
import { carryOutSwap } from './carry-out-swap.ts';
import { whatMoved } from './what-moved.ts';

/**
 * Carries out one approved plan, exactly that, after checking that the world has not moved. Resumed after a crash it goes on
 * where it was.
 */
export async function carryOut(deps: Deps, recorder: Recorder, context: WorkflowContext, runId: string): Promise<void> {
  const state = await recorder.state(runId);
  const action = state?.actions.find(({ plan }) => plan.id === context.id);
  if (!state || !action) return;
  const { plan } = action;
  const service = plan.service === null ? null : (deps.services.get(plan.service) ?? null);
  const parts = { deps, recorder, context, state, service };
  if (context.resumed) {
    const during = plan.kind === 'rebuild' ? 'the rebuild' : 'the change';
    const interruption = { type: 'interrupted', during, goesOn: true } as const;
    await recorder.record(runId, { key: `interrupted:${state.seq}`, fact: interruption });
  }
  await recorder.record(runId, { key: decisionKey(plan.id), fact: { type: 'action-started', plan: plan.id } });
  const decided = (await recorder.state(runId))?.actions.find((one) => one.plan.id === plan.id);
  // Declined, withdrawn or expired at the same moment: that stands, and nothing is done.
  if (!decided?.started) return;
  await (plan.kind === 'rebuild'
    ? unlessMoved(createJob({ ...parts, plan }), carryOutRebuild)
    : unlessMoved(createJob({ ...parts, plan }), carryOutSwap));
}

async function unlessMoved<P extends ActionPlan>(
  job: ActionJob<P>,
  work: (job: ActionJob<P>) => Promise<void>,
): Promise<void> {
  const { deps, context, plan } = job;
  const moved = await context.step('check again', async () => {
    const answer = await whatMoved(deps, plan, context.signal);
    context.signal.throwIfAborted();
    if (answer.kind === 'known') return answer.value;
    return `${describePlace(plan.where)} cannot be seen now: ${answer.why.message}`;
  });
  if (moved) return job.finish('refused', `${moved} Nothing was done; run again for a fresh plan.`);
  return work(job);
}
