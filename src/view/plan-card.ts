import { describePlan } from '../approval/describe-plan.ts';
import { describePlace } from '../playbook/place.ts';
import { type ActionState, isPending, type RunState } from '../run/run-state.ts';
import type { Button, Card, CardPart } from './card.ts';
import { capital, formatTime } from './words.ts';

/** The confirmation: exactly what would happen, to exactly which digests, who may approve it, and until when. */
export function planCard(state: RunState, action: ActionState): Card {
  const { plan, approvals } = action;
  const { deed, from, to } = describePlan(plan);
  const facts = [
    { label: 'Where', value: describePlace(plan.where) },
    { label: 'From', value: from },
    { label: 'To', value: to },
    { label: plan.kind === 'schedule-to-arch' ? 'Why it helps' : 'Why it will run', value: plan.proof },
  ];
  const parts: CardPart[] = [
    { kind: 'facts', facts: facts.map((fact) => ({ ...fact, odd: false })) },
    { kind: 'code', text: plan.calls.join('\n') },
    ...(action.voidBecause ? [{ kind: 'text', text: `What changed: ${action.voidBecause}` } as const] : []),
    { kind: 'note', text: statusOf(action) },
  ];
  return {
    tone: 'decision',
    title: `${capital(deed)}?`,
    practice: state.practice,
    parts,
    buttons: isPending(action) ? buttonsOf(action) : [],
    approvers: approvals.approvers,
    fallback: `${plan.requestedBy.name} asks to ${deed}: ${describePlace(plan.where)}. ${approvals.required} approval(s) needed.`,
  };
}

function statusOf(action: ActionState): string {
  const { plan, approvals, approvedBy, declined, withdrawn, voidBecause, expired, started, finished } = action;
  const asked = `Asked for by ${plan.requestedBy.name} (${plan.requestedBy.id}).`;
  const given = approvedBy.map(({ by, at }) => `${by.name} (${by.id}) at ${formatTime(at)}`).join(', ');
  const ended = (word: string, { by, reason }: NonNullable<ActionState['declined']>) =>
    `${asked} ${word} by ${by.name} (${by.id})${reason === null ? '' : `: ${reason}`}. Nothing was done.`;
  if (declined) return ended('Declined', declined);
  if (withdrawn) return ended('Withdrawn', withdrawn);
  if (voidBecause !== null) return `${asked} Void: the world has moved since. Nothing was done; run again.`;
  if (expired) return `${asked} Expired ${formatTime(plan.expiresAt)} without approval: nothing was done.`;
  if (started || finished || approvedBy.length >= approvals.required) return `${asked} Approved by ${given}.`;
  const who = approvals.approvers.join(', ');
  const self = approvals.allowSelf ? '' : ' The one who asked may not.';
  return `${asked} ${approvedBy.length} of ${approvals.required} approvals${given ? ` (${given})` : ''}. May approve: ${who}.${self} Until ${formatTime(plan.expiresAt)}.`;
}

function buttonsOf({ plan }: ActionState): Button[] {
  const { noun, from, to } = describePlan(plan);
  const press = (action: Button['press']['action']) => ({ action, run: plan.run, subject: plan.id, hash: plan.hash });
  return [
    {
      label: 'Approve',
      style: 'primary',
      press: press('approve'),
      confirm: {
        title: `Approve this ${noun}?`,
        text: `${describePlace(plan.where)}\nfrom ${lastLine(from)}\nto ${plan.kind === 'rebuild' ? to : lastLine(to)}`,
        ok: 'Approve',
        cancel: 'Not now',
      },
    },
    { label: 'Show what will happen', style: 'plain', press: press('preview'), confirm: null },
    {
      label: 'Decline',
      style: 'plain',
      press: press('decline'),
      confirm: null,
      ask: { title: `Decline this ${noun}?`, label: 'Why (for the record; may be left empty)', ok: 'Decline' },
    },
    { label: 'Withdraw', style: 'plain', press: press('withdraw'), confirm: null },
  ];
}

const lastLine = (text: string): string => text.slice(text.lastIndexOf('\n') + 1);
