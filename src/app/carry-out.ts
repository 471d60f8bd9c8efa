import { decisionKey } from '../approval/decision-key.ts';
import type { ActionPlan } from '../approval/plan.ts';
import type { Answer } from '../playbook/answer.ts';
import { describePlace, estateOf } from '../playbook/place.ts';
import type { ImageSwapper, Swap } from '../ports/image-swap.ts';
import type { WorkflowContext } from '../ports/workflows.ts';
import type { RunFact } from '../run/events.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { readImpact, readingsOf } from './read-impact.ts';
import type { Recorder } from './recorder.ts';
import { verify } from './verify.ts';

type Outcome = Extract<RunFact, { type: 'action-finished' }>['outcome'];

/**
 * Carries out one approved plan: checks that the world has not moved, swaps the image phase by phase, verifies, and only then
 * removes the old instance; whatever fails, the old one is put back. Resumed after a crash it goes on where it was.
 */
export async function carryOut(deps: Deps, recorder: Recorder, context: WorkflowContext, runId: string): Promise<void> {
  const state = await recorder.state(runId);
  const action = state?.actions.find(({ plan }) => plan.id === context.id);
  if (!state || !action) return;
  const { plan } = action;
  const swapper = deps.swappers.get(estateOf(plan.where));
  const service = plan.service === null ? null : (deps.services.get(plan.service) ?? null);
  const swap = swapOf(plan);
  const record = (key: string, fact: RunFact) => recorder.record(runId, { key: `${key}:${plan.id}`, fact });
  if (context.resumed) {
    const interruption = { type: 'interrupted', during: 'the rollback', goesOn: true } as const;
    await recorder.record(runId, { key: `interrupted:${state.seq}`, fact: interruption });
  }
  if (!swapper)
    return finish('refused', `${estateOf(plan.where)} may not be changed from here any more; nothing was done.`);
  await recorder.record(runId, { key: decisionKey(plan.id), fact: { type: 'action-started', plan: plan.id } });
  const decided = (await recorder.state(runId))?.actions.find((one) => one.plan.id === plan.id);
  // Declined or expired at the same moment: that stands, and nothing is done.
  if (!decided?.started) return;

  const moved = await context.step('check again', () => worldHasMoved(swapper, plan, context.signal));
  if (moved) return finish('refused', moved);
  try {
    await swapAndVerify(swapper);
  } catch (error) {
    if (context.signal.aborted) throw error;
    deps.log.error({ run: runId, plan: plan.id, error: describeError(error) }, 'an action broke down');
    await undo(swapper, 'execfmt itself broke down in the middle; its log says why.');
  }

  async function swapAndVerify(swapper: ImageSwapper): Promise<void> {
    for (const phase of swapper.phases) {
      const done = await tellPhase(phase.id, phase.title, () => phase.run(swap, context.signal));
      if (done.kind === 'probe-failed') return undo(swapper, `${phase.title} failed: ${done.why.message}`);
    }
    const verified = await tellPhase('verify', 'verifying that it runs and stays up', () =>
      verify(deps, swapper, swap, service, (impact) => recordImpact(impact), context.signal),
    );
    if (verified.kind === 'probe-failed') return undo(swapper, verified.why.message);
    const removed = await tellPhase('finish', 'removing what was set aside', () =>
      swapper.finish(swap, context.signal),
    );
    const left = removed.kind === 'known' ? '' : ` What was set aside is still there: ${removed.why.message}`;
    return finish('succeeded', `${verified.value}${left}`);
  }

  /** One phase, told before and after, done once; an abort leaves it unfinished for the next process. */
  async function tellPhase(id: string, title: string, work: () => Promise<Answer<string>>): Promise<Answer<string>> {
    const tell = (to: 'begun' | 'done' | 'failed', detail: string) =>
      record(`phase:${id}:${to}`, { type: 'action-phase', plan: plan.id, phase: id, title, state: to, detail });
    await tell('begun', '');
    const answer = await context.step(id, async () => {
      const result = await work();
      context.signal.throwIfAborted();
      return result;
    });
    await (answer.kind === 'known' ? tell('done', answer.value) : tell('failed', answer.why.message));
    return answer;
  }

  async function undo(with_: ImageSwapper, why: string): Promise<void> {
    const back = await tellPhase('put-back', 'putting back what ran before', () => with_.putBack(swap, context.signal));
    return back.kind === 'known'
      ? finish('restored', `${why} ${back.value}`)
      : finish(
          'failed',
          `${why} Putting back what ran before failed too: ${back.why.message} Look at ${describePlace(plan.where)} by hand.`,
        );
  }

  async function recordImpact(impact: Extract<RunFact, { type: 'impact-read' }>['impact']): Promise<void> {
    if (impact.length === 0) return;
    const at = deps.clock.now().getTime();
    await record(`impact:${at}`, { type: 'impact-read', plan: plan.id, impact });
  }

  async function finish(outcome: Outcome, detail: string): Promise<void> {
    const impact = readingsOf(await readImpact(deps, service, context.signal));
    const openedAt = state ? Date.parse(state.openedAt) : deps.clock.now().getTime();
    const sinceOpenedMs = Math.max(0, deps.clock.now().getTime() - openedAt);
    await record('finished', { type: 'action-finished', plan: plan.id, outcome, detail, impact, sinceOpenedMs });
    deps.log.info({ run: runId, plan: plan.id, outcome }, 'an action has ended');
  }
}

/** The swap that a plan means, and nothing else. */
function swapOf(plan: ActionPlan): Swap {
  return {
    id: plan.id,
    where: plan.where,
    instanceId: plan.current.instanceId,
    imageId: plan.current.imageId,
    image: plan.proposed.reference,
    platform: plan.proposed.platform,
  };
}

/** A sentence when what is there now is not what was approved to be replaced; null when it is. */
async function worldHasMoved(swapper: ImageSwapper, plan: ActionPlan, signal: AbortSignal): Promise<string | null> {
  const now = await swapper.current(plan.where, signal);
  signal.throwIfAborted();
  if (now.kind === 'probe-failed')
    return `${describePlace(plan.where)} cannot be seen now: ${now.why.message} Nothing was done.`;
  if (now.value.instanceId === plan.current.instanceId && now.value.imageId === plan.current.imageId) return null;
  return `${describePlace(plan.where)} was changed by somebody else since this was proposed; nothing was done. Run again.`;
}
