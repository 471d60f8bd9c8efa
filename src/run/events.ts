import type { Person } from '../approval/person.ts';
import type { ActionPlan } from '../approval/plan.ts';
import type { ImpactReading } from '../playbook/evidence.ts';
import type { Step } from '../playbook/finding.ts';
import type { Place } from '../playbook/place.ts';
import type { InstanceVerdict, Remedy, Verdict } from '../playbook/verdict.ts';
import type { BuildGlimpse } from './build-glimpse.ts';
import type { Conversation } from './conversation.ts';

/** What can happen in a run. A run is the list of these; everything that a person sees is a projection of it. */
export type RunFact =
  | {
      readonly type: 'opened';
      readonly target: string;
      readonly on: string | null;
      readonly by: Person;
      readonly conversation: Conversation;
      readonly practice: boolean;
    }
  | { readonly type: 'joined'; readonly by: Person; readonly conversation: Conversation }
  | { readonly type: 'located'; readonly places: readonly Place[]; readonly practice: boolean }
  | { readonly type: 'step-finished'; readonly step: Step }
  | {
      readonly type: 'verdict-reached';
      readonly verdict: Verdict;
      readonly instances: readonly InstanceVerdict[];
      readonly remedies: readonly Remedy[];
      readonly impact: readonly ImpactReading[];
      readonly elapsedMs: number;
      /** Who may approve, as configured; null when nobody is named, and then nothing is offered. */
      readonly approvals: ApprovalSummary | null;
      /** The CI server on which a rebuild can be started; absent or null when none is configured for it. */
      readonly rebuildOn?: string | null;
    }
  | { readonly type: 'interrupted'; readonly during: string; readonly goesOn: boolean }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'action-proposed'; readonly plan: ActionPlan; readonly approvals: ApprovalSummary }
  | {
      readonly type: 'action-approved';
      readonly plan: string;
      readonly by: Person;
      readonly given: number;
      readonly required: number;
    }
  /** `reason` is in the person's own words; untrusted. */
  | { readonly type: 'action-declined'; readonly plan: string; readonly by: Person; readonly reason?: string }
  /** By the one who asked for it. */
  | { readonly type: 'action-withdrawn'; readonly plan: string; readonly by: Person; readonly reason?: string }
  /** The world is not what it was when this was proposed. */
  | { readonly type: 'action-void'; readonly plan: string; readonly changed: string }
  | { readonly type: 'action-expired'; readonly plan: string }
  | { readonly type: 'press-refused'; readonly plan: string; readonly by: Person; readonly why: string }
  | { readonly type: 'action-started'; readonly plan: string }
  | {
      readonly type: 'action-phase';
      readonly plan: string;
      readonly phase: string;
      readonly title: string;
      readonly state: 'begun' | 'done' | 'failed';
      readonly detail: string;
    }
  | { readonly type: 'build-seen'; readonly plan: string; readonly build: BuildGlimpse }
  | { readonly type: 'cancel-asked'; readonly plan: string; readonly by: Person }
  /** A way out that came to be known after the verdict: what a rebuild has published. */
  | { readonly type: 'remedy-found'; readonly plan: string; readonly remedy: Remedy }
  | { readonly type: 'impact-read'; readonly plan: string; readonly impact: readonly ImpactReading[] }
  | {
      readonly type: 'action-finished';
      readonly plan: string;
      readonly outcome: 'succeeded' | 'restored' | 'failed' | 'refused';
      readonly detail: string;
      readonly impact: readonly ImpactReading[];
      /** From the command that opened the run, in milliseconds. */
      readonly sinceOpenedMs: number;
    }
  | { readonly type: 'closed' };

export interface ApprovalSummary {
  readonly policy: string;
  readonly approvers: readonly string[];
  readonly required: number;
  readonly allowSelf: boolean;
}

/** A fact with a key that makes it unique within its run, so that what is done again after a crash is written once. */
export interface EventDraft {
  readonly key: string;
  readonly fact: RunFact;
}

export interface RunEvent extends EventDraft {
  readonly run: string;
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}
