import type { Person } from '../approval/person.ts';
import type { ActionPlan } from '../approval/plan.ts';
import type { ImpactReading } from '../playbook/evidence.ts';
import type { Step } from '../playbook/finding.ts';
import type { Place } from '../playbook/place.ts';
import type { Remedy } from '../playbook/verdict.ts';
import type { BuildGlimpse } from './build-glimpse.ts';
import type { Conversation } from './conversation.ts';
import type { ApprovalSummary, RunEvent, RunFact } from './events.ts';

type VerdictReached = Extract<RunFact, { type: 'verdict-reached' }>;
type Phase = Extract<RunFact, { type: 'action-phase' }>;
export type ActionOutcome = Extract<RunFact, { type: 'action-finished' }>;

/** One proposed remedy and what became of it. */
export interface ActionState {
  readonly plan: ActionPlan;
  readonly approvals: ApprovalSummary;
  readonly proposedAt: string;
  readonly approvedBy: readonly { readonly by: Person; readonly at: string }[];
  readonly declined: { readonly by: Person; readonly reason: string | null } | null;
  readonly withdrawn: { readonly by: Person; readonly reason: string | null } | null;
  /** What has changed since it was proposed, so that it cannot be approved any more. */
  readonly voidBecause: string | null;
  readonly expired: boolean;
  readonly started: boolean;
  readonly phases: readonly (Phase & { readonly at: string })[];
  /** Of a rebuild: as it was seen last. */
  readonly build: (BuildGlimpse & { readonly at: string }) | null;
  readonly cancelAskedBy: Person | null;
  readonly impact: readonly { readonly at: string; readonly readings: readonly ImpactReading[] }[];
  readonly finished: (ActionOutcome & { readonly at: string }) | null;
}

/** A run as it stands: the fold of its events. */
export interface RunState {
  readonly run: string;
  readonly seq: number;
  readonly target: string;
  readonly on: string | null;
  readonly by: Person;
  readonly conversation: Conversation;
  readonly practice: boolean;
  readonly openedAt: string;
  readonly joined: readonly { readonly by: Person; readonly at: string }[];
  readonly places: readonly Place[];
  readonly steps: readonly { readonly step: Step; readonly at: string }[];
  readonly verdict: (VerdictReached & { readonly at: string }) | null;
  readonly interruptions: readonly { readonly during: string; readonly goesOn: boolean; readonly at: string }[];
  readonly failure: { readonly message: string; readonly at: string } | null;
  readonly actions: readonly ActionState[];
  /** Ways out that came to be known after the verdict, with the plan that found them. */
  readonly found: readonly { readonly plan: string; readonly remedy: Remedy }[];
  readonly closed: boolean;
}

/** Whether an action still waits for people. */
export function isPending(action: ActionState): boolean {
  const { started, finished, expired, declined, withdrawn, voidBecause } = action;
  return !started && !finished && !expired && !declined && !withdrawn && voidBecause === null;
}

/** Whether an action is being carried out. */
export function isUnderWay({ started, finished }: ActionState): boolean {
  return started && finished === null;
}

/** All ways out that a person may ask for, in the order by which a press names them. */
export function offeredRemedies({ verdict, found }: RunState): readonly Remedy[] {
  return [...(verdict?.remedies ?? []), ...found.map(({ remedy }) => remedy)];
}

/** Folds a run's events; null when there are none. */
export function foldRun(events: readonly RunEvent[]): RunState | null {
  const [first, ...rest] = events;
  if (first?.fact.type !== 'opened') return null;
  const { target, on, by, conversation, practice } = first.fact;
  const opened: RunState = {
    run: first.run,
    seq: first.seq,
    target,
    on,
    by,
    conversation,
    practice,
    openedAt: first.at,
    joined: [],
    places: [],
    steps: [],
    verdict: null,
    interruptions: [],
    failure: null,
    actions: [],
    found: [],
    closed: false,
  };
  return rest.reduce((state, event) => ({ ...applyFact(state, event.fact, event.at), seq: event.seq }), opened);
}

function applyFact(state: RunState, fact: RunFact, at: string): RunState {
  switch (fact.type) {
    case 'opened':
      return state;
    case 'joined':
      return { ...state, joined: [...state.joined, { by: fact.by, at }] };
    case 'located':
      return { ...state, places: fact.places, practice: state.practice || fact.practice };
    case 'step-finished':
      return { ...state, steps: [...state.steps, { step: fact.step, at }] };
    case 'verdict-reached':
      return { ...state, verdict: { ...fact, at } };
    case 'interrupted':
      return { ...state, interruptions: [...state.interruptions, { during: fact.during, goesOn: fact.goesOn, at }] };
    case 'failed':
      return { ...state, failure: { message: fact.message, at } };
    case 'action-proposed':
      return { ...state, actions: [...state.actions, newAction(fact.plan, fact.approvals, at)] };
    case 'remedy-found':
      return { ...state, found: [...state.found, { plan: fact.plan, remedy: fact.remedy }] };
    case 'press-refused':
      return state;
    case 'closed':
      return { ...state, closed: true };
    default:
      return {
        ...state,
        actions: state.actions.map((action) =>
          action.plan.id === fact.plan ? applyToAction(action, fact, at) : action,
        ),
      };
  }
}

function newAction(plan: ActionPlan, approvals: ApprovalSummary, proposedAt: string): ActionState {
  return {
    plan,
    approvals,
    proposedAt,
    approvedBy: [],
    declined: null,
    withdrawn: null,
    voidBecause: null,
    expired: false,
    started: false,
    phases: [],
    build: null,
    cancelAskedBy: null,
    impact: [],
    finished: null,
  };
}

type ActionFact = Extract<
  RunFact,
  {
    type:
      | 'action-approved'
      | 'action-declined'
      | 'action-withdrawn'
      | 'action-void'
      | 'build-seen'
      | 'cancel-asked'
      | 'action-expired'
      | 'action-started'
      | 'action-phase'
      | 'impact-read'
      | 'action-finished';
  }
>;

function applyToAction(action: ActionState, fact: ActionFact, at: string): ActionState {
  switch (fact.type) {
    case 'action-approved':
      return { ...action, approvedBy: [...action.approvedBy, { by: fact.by, at }] };
    case 'action-declined':
      return { ...action, declined: { by: fact.by, reason: fact.reason ?? null } };
    case 'action-withdrawn':
      return { ...action, withdrawn: { by: fact.by, reason: fact.reason ?? null } };
    case 'action-void':
      return { ...action, voidBecause: fact.changed };
    case 'build-seen':
      return { ...action, build: { ...fact.build, at } };
    case 'cancel-asked':
      return { ...action, cancelAskedBy: fact.by };
    case 'action-expired':
      return { ...action, expired: true };
    case 'action-started':
      return { ...action, started: true };
    case 'action-phase':
      return { ...action, phases: [...action.phases.filter(({ phase }) => phase !== fact.phase), { ...fact, at }] };
    case 'impact-read':
      return { ...action, impact: [...action.impact, { at, readings: fact.impact }] };
    case 'action-finished':
      return { ...action, finished: { ...fact, at } };
  }
}
