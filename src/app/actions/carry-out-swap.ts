import type { InstancePlan } from '../../approval/plan.ts';
import { type Answer, known } from '../../playbook/answer.ts';
import { describePlace, estateOf } from '../../playbook/place.ts';
import type { ImageSwapper, Swap, SwapBefore, SwapPhase } from '../../ports/image-swap.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { RunFact } from '../../run/events.ts';
import { redactDeep } from '../../view/redact-deep.ts';
import { describeError } from '../describe-error.ts';
import { verify } from '../verify.ts';
import type { ActionJob } from './action-job.ts';
import { swapOf } from './swap-of.ts';
import { swapperFor } from './swapper-for.ts';

/** As verification reads them. */
const LOG_LINES = 500;

/** A swap that is being carried out. What its phases have remembered is added to it, also for undoing. */
interface Hand {
  readonly job: ActionJob<InstancePlan>;
  readonly swapper: ImageSwapper;
  swap: Swap;
}

type Impact = Extract<RunFact, { type: 'impact-read' }>['impact'];

/**
 * Swaps the image of an instance phase by phase, verifies, and only then removes the old instance; whatever fails, the old
 * one is put back.
 */
export async function carryOutSwap(job: ActionJob<InstancePlan>): Promise<void> {
  const { deps, context, plan } = job;
  const swapper = swapperFor(deps, plan);
  if (!swapper)
    return job.finish('refused', `${estateOf(plan.where)} may not be changed from here any more; nothing was done.`);
  const hand: Hand = { job, swapper, swap: swapOf(plan) };
  try {
    await swapAndVerify(hand);
  } catch (error) {
    // Without the store nothing more is touched; it goes on when that is back, from where it was.
    if (context.signal.aborted || error instanceof StoreError) throw error;
    deps.log.error({ run: plan.run, plan: plan.id, error: describeError(error) }, 'an action broke down');
    await undo(hand, 'execfmt itself broke down in the middle; its log says why.');
  }
}

async function swapAndVerify(hand: Hand): Promise<void> {
  const { job, swapper } = hand;
  const { deps, context, service } = job;
  const logBefore = await context.step('log before', () => readLogBefore(job));
  for (const phase of swapper.phases) {
    const done = await carryOutPhase(hand, phase);
    if (done.kind === 'probe-failed') return undo(hand, `${phase.title} failed: ${done.why.message}`);
  }
  const { swap } = hand;
  const verified = await job.tellPhase('verify', 'verifying that it runs and stays up', () =>
    verify(deps, swapper, swap, service, (impact) => recordImpact(job, impact), context.signal, logBefore),
  );
  if (verified.kind === 'probe-failed') return undo(hand, verified.why.message);
  const removed = await job.tellPhase('finish', 'removing what was set aside', () =>
    swapper.finish(swap, context.signal),
  );
  if (removed.kind === 'probe-failed') {
    // Verified, and removed by somebody since: then what was set aside is all that there is.
    const seen = await context.step('after finish', async () => {
      const answer = await swapper.observe(swap, context.signal);
      context.signal.throwIfAborted();
      return answer;
    });
    if (seen.kind === 'probe-failed' && seen.why.code === 'not-found') return undo(hand, seen.why.message);
  }
  const left = removed.kind === 'known' ? '' : ` What was set aside is still there: ${removed.why.message}`;
  return job.finish('succeeded', `${verified.value}${left}`);
}

/** One phase, after what it wants remembered is in the journal: a process that goes on reads it there. */
async function carryOutPhase(hand: Hand, phase: SwapPhase): Promise<Answer<string>> {
  const { job } = hand;
  const { context } = job;
  const before = await remembered(hand, phase);
  if (before.kind === 'probe-failed') return before;
  if (before.value) hand.swap = { ...hand.swap, before: before.value };
  return job.tellPhase(phase.id, phase.title, () => phase.run(hand.swap, context.signal));
}

async function remembered({ job, swap }: Hand, { id, remember }: SwapPhase): Promise<Answer<SwapBefore | null>> {
  const { context } = job;
  if (!remember) return known(null);
  return context.step(`before ${id}`, async () => {
    const answer = await remember(swap, context.signal);
    context.signal.throwIfAborted();
    return answer;
  });
}

/** What the old instance had to say: only what is new counts against the new one. */
async function readLogBefore({ deps, context, plan }: ActionJob<InstancePlan>): Promise<readonly string[]> {
  const log = await deps.estates.get(estateOf(plan.where))?.log(plan.where, LOG_LINES, context.signal);
  return log?.kind === 'known' ? redactDeep(log.value.lines, deps.redact) : [];
}

async function undo({ job, swapper, swap }: Hand, why: string): Promise<void> {
  const { context, plan } = job;
  const back = await job.tellPhase('put-back', 'putting back what ran before', () =>
    swapper.putBack(swap, context.signal),
  );
  if (back.kind === 'known') return job.finish('restored', `${why} ${back.value}`);
  const failure = `Putting back what ran before failed too: ${back.why.message}`;
  return job.finish('failed', `${why} ${failure} Look at ${describePlace(plan.where)} by hand.`);
}

async function recordImpact({ deps, plan, record }: ActionJob<InstancePlan>, impact: Impact): Promise<void> {
  if (impact.length === 0) return;
  await record(`impact:${deps.clock.now().getTime()}`, { type: 'impact-read', plan: plan.id, impact });
}
