import type { ActionPlan } from '../../approval/plan.ts';
import { type ActionState, isPending } from '../run-state.ts';
import { namePerson } from './subject.ts';

/** What a plan is called, and its digests: all that transcripts say of a plan's kind. */
export interface PlanWords {
  /** `rollback-to-digest (v2)` */
  readonly what: string;
  /** A reference and its digest, on two lines. */
  readonly from: string;
  readonly to: string;
  /** Each digest of the plan, and what it is there. */
  readonly digests: readonly (readonly [digest: string, what: string])[];
}

/** The words for one plan. */
export function tellPlan({ kind, current, proposed }: ActionPlan): PlanWords {
  return {
    what: `${kind} (${proposed.knownAs ?? proposed.digest})`,
    from: `${current.reference}\n${current.digest ?? `image ${current.imageId}`}`,
    to: `${proposed.knownAs ?? proposed.reference.split('@')[0]} (${proposed.platform})\n${proposed.digest}`,
    digests: [
      [current.digest ?? '', 'before'],
      [current.imageId, 'image id before'],
      [proposed.digest, 'proposed'],
    ],
  };
}

/** What became of an action, in a few words. */
export function tellActionOutcome(action: ActionState): string {
  if (action.finished) return `${action.finished.outcome}: ${action.finished.detail}`;
  if (action.declinedBy) return `declined by ${namePerson(action.declinedBy)}`;
  if (action.expired) return 'expired';
  if (action.started) return 'under way';
  return isPending(action) ? 'waits for approval' : 'not carried out';
}
