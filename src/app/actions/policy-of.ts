import { type ApprovalPolicy, mayApprove, type Permission } from '../../approval/may-approve.ts';
import type { Person } from '../../approval/person.ts';
import type { ActionState, RunState } from '../../run/run-state.ts';
import type { Deps } from '../deps.ts';
import { serviceAt } from '../service-at.ts';

const GROUP_MS = 5_000;

/** An action with the policy that holds for it now, as it is configured now. */
export interface Decidable {
  readonly action: ActionState;
  readonly policy: ApprovalPolicy;
}

/** Null when there is no such plan, or nobody may approve it any more. */
export function decidable(deps: Deps, state: RunState, planId: string): Decidable | null {
  const action = state.actions.find(({ plan }) => plan.id === planId);
  const policy = action && serviceAt(deps, state.target, action.plan.where)?.approvals;
  return action && policy ? { action, policy } : null;
}

/** Whether a person may approve an action, by who they are for their chat now. */
export function permissionOf(
  deps: Deps,
  { action, policy }: Decidable,
  person: Person,
  signal: AbortSignal,
): Promise<Permission> {
  return mayApprove(policy, person, action.plan.requestedBy, groupsOf(deps, person, signal));
}

/** Asks the person's own chat whether they are in a group; a chat that does not answer means no. */
function groupsOf(deps: Deps, person: Person, signal: AbortSignal): (group: string) => Promise<boolean> {
  const chat = deps.chats.find(({ kind }) => person.id.startsWith(`${kind}:`));
  return async (group) => {
    if (!chat) return false;
    try {
      return await chat.isMember(group, person, deps.clock.deadline(GROUP_MS, signal));
    } catch (error) {
      deps.log.warn({ group, error: String(error) }, 'a group could not be looked up: counted as not a member');
      return false;
    }
  };
}
