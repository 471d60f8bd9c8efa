import type { WorkflowContext } from '../ports/workflows.ts';
import type { Deps } from './deps.ts';
import { readImpact, readingsOf } from './read-impact.ts';
import type { Recorder } from './recorder.ts';

/** The workflow that follows the numbers after a recovery is named by the plan and this. */
export const FOLLOW = 'follow-recovery';

const READ_EVERY_MS = 5_000;

/** After a recovery: reads the numbers on until all that shall fall has fallen to nothing, or the time is over. */
export async function followRecovery(
  deps: Deps,
  recorder: Recorder,
  context: WorkflowContext,
  runId: string,
  plan: string,
): Promise<void> {
  const state = await recorder.state(runId);
  const service = deps.services.get(state?.target ?? '') ?? null;
  if (!service || service.impact.every(({ recovers }) => recovers === null)) return;
  const rounds = Math.ceil(deps.verification.followForMs / READ_EVERY_MS);
  for (let round = 0; round < rounds; round++) {
    await deps.clock.sleep(READ_EVERY_MS, context.signal);
    const impact = readingsOf(await readImpact(deps, service, context.signal));
    context.signal.throwIfAborted();
    if (impact.length === 0) return;
    await recorder.record(runId, { key: `followed:${plan}:${round}`, fact: { type: 'impact-read', plan, impact } });
    if (impact.every(({ recovers, value }) => recovers !== 'falling' || value === 0)) return;
  }
}
