import { describePlan } from '../approval/describe-plan.ts';
import type { ActionPlan } from '../approval/plan.ts';
import { describePlace } from '../playbook/place.ts';
import type { RunState } from '../run/run-state.ts';
import type { Card } from './card.ts';

/** A dry run, for the one who asked: every call in its order, and what was checked just now. */
export function previewCard(state: RunState, plan: ActionPlan, checked: readonly string[]): Card {
  const { noun } = describePlan(plan);
  const title = `What this ${noun} will do`;
  return {
    tone: 'decision',
    title,
    practice: state.practice,
    parts: [
      { kind: 'text', text: `On ${describePlace(plan.where)}, in this order. Nothing has been done.` },
      { kind: 'code', text: plan.calls.join('\n') },
      { kind: 'list', ordered: false, items: checked },
    ],
    buttons: [],
    fallback: `${title}: ${plan.calls.length} calls. Nothing has been done.`,
  };
}
