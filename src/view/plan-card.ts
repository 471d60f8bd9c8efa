import { describePlace } from '../playbook/place.ts';
import { type ActionState, isPending, type RunState } from '../run/run-state.ts';
import type { Button, Card, CardPart } from './card.ts';
import { formatTime } from './words.ts';

/** The confirmation: exactly what would happen, to exactly which digests, who may approve it, and until when. */
export function planCard(state: RunState, action: ActionState): Card {
  const { plan, approvals } = action;
  const name = plan.proposed.knownAs ?? 'an earlier digest';
  const parts: CardPart[] = [
    {
      kind: 'facts',
      facts: [
        { label: 'Where', value: describePlace(plan.where), odd: false },
        {
          label: 'From',
          value: `${plan.current.reference}\n${plan.current.digest ?? plan.current.imageId}`,
          odd: false,
        },
        { label: 'To', value: `${name} (${plan.proposed.platform})\n${plan.proposed.digest}`, odd: false },
        { label: 'Why it will run', value: plan.proof, odd: false },
      ],
    },
    { kind: 'code', text: plan.calls.join('\n') },
    { kind: 'note', text: statusOf(action) },
  ];
  return {
    tone: 'decision',
    title: `Roll back ${state.target} to ${name}?`,
    practice: state.practice,
    parts,
    buttons: isPending(action) ? [approveButton(action), declineButton(action)] : [],
    approvers: approvals.approvers,
    fallback: `${plan.requestedBy.name} asks to roll back ${describePlace(plan.where)} to ${plan.proposed.digest}. ${approvals.required} approval(s) needed.`,
  };
}

function statusOf({ plan, approvals, approvedBy, declinedBy, expired, started, finished }: ActionState): string {
  const asked = `Asked for by ${plan.requestedBy.name} (${plan.requestedBy.id}).`;
  const given = approvedBy.map(({ by, at }) => `${by.name} (${by.id}) at ${formatTime(at)}`).join(', ');
  if (declinedBy) return `${asked} Declined by ${declinedBy.name} (${declinedBy.id}).`;
  if (expired) return `${asked} Expired ${formatTime(plan.expiresAt)} without approval: nothing was done.`;
  if (started || finished || approvedBy.length >= approvals.required) return `${asked} Approved by ${given}.`;
  const who = approvals.approvers.join(', ');
  const self = approvals.allowSelf ? '' : ' The one who asked may not.';
  return `${asked} ${approvedBy.length} of ${approvals.required} approvals${given ? ` (${given})` : ''}. May approve: ${who}.${self} Until ${formatTime(plan.expiresAt)}.`;
}

function approveButton({ plan }: ActionState): Button {
  return {
    label: 'Approve',
    style: 'primary',
    press: { action: 'approve', run: plan.run, subject: plan.id, hash: plan.hash },
    confirm: {
      title: 'Approve this rollback?',
      text: `${describePlace(plan.where)}\nfrom ${plan.current.digest ?? plan.current.imageId}\nto ${plan.proposed.digest}`,
      ok: 'Approve',
      cancel: 'Not now',
    },
  };
}

function declineButton({ plan }: ActionState): Button {
  return {
    label: 'Decline',
    style: 'plain',
    press: { action: 'decline', run: plan.run, subject: plan.id, hash: plan.hash },
    confirm: null,
  };
}
