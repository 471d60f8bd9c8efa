import { describePlan } from '../../approval/describe-plan.ts';
import type { ActionPlan } from '../../approval/plan.ts';
import { type ActionState, isPending } from '../run-state.ts';
import { namePerson } from './subject.ts';

/** What a plan is called, and its digests: all that transcripts say of a plan's kind. */
export interface TranscriptPlan {
  /** `rollback-to-digest: roll back pdf-renderer to v2` */
  readonly what: string;
  /** A reference and its digest, on two lines. */
  readonly from: string;
  readonly to: string;
  /** Each digest of the plan, and what it is there. */
  readonly digests: readonly (readonly [digest: string, what: string])[];
}

/** The words for one plan. */
export function tellPlan(plan: ActionPlan): TranscriptPlan {
  const { deed, from, to } = describePlan(plan);
  const what = `${plan.kind}: ${deed}`;
  if (plan.kind === 'rebuild') return { what, from, to, digests: [[plan.current.digest ?? '', 'published before']] };
  const { current, proposed } = plan;
  const digests = [
    [current.digest ?? '', 'before'],
    [current.imageId, 'image id before'],
    [proposed.digest, 'proposed'],
  ] as const;
  return { what, from, to, digests };
}

/** What became of an action, in a few words. */
export function tellActionOutcome(action: ActionState): string {
  const { finished, declined, withdrawn, voidBecause, expired, started } = action;
  const because = (reason: string | null) => (reason === null ? '' : `: ${reason}`);
  if (finished) return `${finished.outcome}: ${finished.detail}`;
  if (declined) return `declined by ${namePerson(declined.by)}${because(declined.reason)}`;
  if (withdrawn) return `withdrawn by ${namePerson(withdrawn.by)}${because(withdrawn.reason)}`;
  if (voidBecause !== null) return `void: ${voidBecause}`;
  if (expired) return 'expired';
  if (started) return 'under way';
  return isPending(action) ? 'waits for approval' : 'not carried out';
}
