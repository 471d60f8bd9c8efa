import { describePlace } from '../../playbook/place.ts';
import type { IntentReply } from '../../ports/application.ts';
import type { ActionState } from '../../run/run-state.ts';
import type { Deps } from '../deps.ts';
import type { Recorder } from '../recorder.ts';
import { notCounted } from './tell-privately.ts';

/** The workflow of an approved action is named by its plan. */
export const CARRY_OUT = 'carry-out';

/** Starts a plan that has its approvals. By the plan's id it starts once, whoever asks and however often. */
export async function startAction(deps: Deps, recorder: Recorder, { plan }: ActionState): Promise<IntentReply> {
  // One action at a time on an instance, one rebuild at a time of a project.
  const what = plan.kind === 'rebuild' ? `the build of ${plan.build.project}` : describePlace(plan.where);
  const lock = plan.kind === 'rebuild' ? `rebuild:${plan.build.ci}:${plan.build.project}` : `action:${what}`;
  const started = await deps.workflows.start(CARRY_OUT, plan.id, { run: plan.run, plan: plan.id }, lock);
  if (started === 'started') return { kind: 'nothing' };
  if (started === 'exists') return notCounted('This was approved and started already: see the thread.');
  const detail = `Another action is under way on ${what}; nothing was done. Run again when it has ended.`;
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
  return notCounted(detail);
}
