import type { IntentReply } from '../../ports/application.ts';
import { previewCard } from '../../view/preview-card.ts';
import type { Pressed } from './pressed.ts';
import { swapOf } from './swap-of.ts';
import { swapperFor } from './swapper-for.ts';
import { NO_SUCH_PLAN } from './tell-privately.ts';
import { whatMoved } from './what-moved.ts';

const LOOK_MS = 10_000;

/** A dry run for the one who asks: every call that would be made, and whether the world is still as it was proposed. Changes nothing. */
export async function preview({ deps, state, signal }: Pressed, planId: string): Promise<IntentReply> {
  const plan = state.actions.find((action) => action.plan.id === planId)?.plan;
  if (!plan) return NO_SUCH_PLAN;
  const deadline = deps.clock.deadline(LOOK_MS, signal);
  const moved = await whatMoved(deps, plan, deadline);
  const checked = [
    moved.kind === 'probe-failed'
      ? `Whether it is as it was proposed cannot be seen now: ${moved.why.message}`
      : (moved.value ?? 'Everything is still as it was when this was proposed.'),
  ];
  if (plan.kind !== 'rebuild') {
    const objection = await swapperFor(deps, plan)?.objection?.(swapOf(plan), deadline);
    if (objection?.kind === 'known' && objection.value) checked.push(objection.value.why);
    if (objection?.kind === 'probe-failed') checked.push(objection.why.message);
  }
  return { kind: 'private', card: previewCard(state, plan, checked) };
}
