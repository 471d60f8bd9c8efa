import type { Person } from './person.ts';

/** Who may approve what, as the configuration names it. */
export interface ApprovalPolicy {
  readonly name: string;
  /** `slack:U012AB3CD`, `slack-group:S0614TZR7`, `teams:<object id>`, `teams-group:<object id>`, `web:<name>`. */
  readonly approvers: readonly string[];
  readonly required: number;
  readonly allowSelf: boolean;
  readonly expiresInMs: number;
}

export type Permission = { readonly granted: true } | { readonly granted: false; readonly why: string };

/**
 * Whether a person may approve under a policy, by the platform's own identity. `isInGroup` asks the chat now, for the
 * groups of the person's own chat only; it is not called when the person is named.
 */
export async function mayApprove(
  policy: ApprovalPolicy,
  person: Person,
  requestedBy: Person,
  isInGroup: (group: string) => Promise<boolean>,
): Promise<Permission> {
  if (person.id === requestedBy.id && !policy.allowSelf) {
    return { granted: false, why: `You asked for this yourself; ${whoMay(policy)}` };
  }
  if (policy.approvers.includes(person.id)) return { granted: true };
  const chat = person.id.split(':')[0];
  for (const group of policy.approvers.filter((approver) => approver.startsWith(`${chat}-group:`))) {
    if (await isInGroup(group)) return { granted: true };
  }
  return { granted: false, why: `You are not among the approvers; ${whoMay(policy)}` };
}

/** `these may approve (policy production, 1 needed): slack:U012AB3CD, …` */
function whoMay(policy: ApprovalPolicy): string {
  const who = policy.approvers.join(', ') || 'nobody';
  return `these may approve (policy ${policy.name}, ${policy.required} needed): ${who}.`;
}
