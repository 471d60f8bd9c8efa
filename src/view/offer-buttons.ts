import { actionOf } from '../approval/action-of.ts';
import type { ActionPlan } from '../approval/plan.ts';
import { describePlace, estateOf } from '../playbook/place.ts';
import type { Remedy } from '../playbook/verdict.ts';
import { isPending, offeredRemedies, type RunState } from '../run/run-state.ts';
import type { Button } from './card.ts';

/** More would not be read by a tired person; the list of ways out names all. */
const OFFERED = 6;

/** What helps at once comes first. */
const ORDER: readonly ActionPlan['kind'][] = [
  'deploy-digest',
  'rollback-to-digest',
  'pull-platform',
  'repull',
  'schedule-to-arch',
  'rebuild',
];

/**
 * The buttons by which ways out are asked for: of those in the verdict, or of those that one rebuild has found. None where
 * nobody may approve, while a plan waits or is carried out, and once the service is back.
 */
export function offerButtons(state: RunState, foundBy: string | null): readonly Button[] {
  if (!state.verdict?.approvals || !mayPropose(state)) return [];
  const inVerdict = state.verdict.remedies.length;
  const offers = offeredRemedies(state).flatMap((remedy, index) => {
    const kind = actionOf(remedy);
    const by = index < inVerdict ? null : (state.found[index - inVerdict]?.plan ?? null);
    return kind && by === foundBy ? [{ remedy, index, kind }] : [];
  });
  const places = new Set(offers.map(({ remedy }) => (remedy.where ? describePlace(remedy.where) : '')));
  return offers
    .filter(({ kind }) => kind !== 'rebuild' || state.verdict?.rebuildOn)
    .filter(({ kind }, at, all) => kind !== 'rebuild' || all.findIndex((one) => one.kind === 'rebuild') === at)
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
    .slice(0, OFFERED)
    .map(({ remedy, index, kind }) => ({
      label: `${labelOf(kind, remedy)}${places.size > 1 && kind !== 'rebuild' && remedy.where ? ` on ${estateOf(remedy.where)}` : ''}`,
      style: kind === 'rollback-to-digest' || kind === 'deploy-digest' ? 'primary' : 'plain',
      press: { action: 'propose', run: state.run, subject: String(index), hash: null },
      confirm: null,
    }));
}

function labelOf(kind: ActionPlan['kind'], { knownAs, digest, platform }: Remedy): string {
  switch (kind) {
    case 'rollback-to-digest':
      return `Roll back to ${knownAs ?? digest?.slice(7, 19)}`;
    case 'deploy-digest':
      return 'Deploy this digest';
    case 'pull-platform':
      return `Pull ${platform}`;
    case 'repull':
      return 'Pull it anew';
    case 'schedule-to-arch':
      return `Keep it to ${platform} nodes`;
    case 'rebuild':
      return `Rebuild for ${platform}`;
  }
}

/** Spent buttons go: while a plan waits or is carried out, and once one has brought the service back. */
function mayPropose({ actions }: RunState): boolean {
  return actions.every((action) => {
    if (isPending(action)) return false;
    if (!action.finished) return !action.started;
    return action.finished.outcome !== 'succeeded' || action.plan.kind === 'rebuild';
  });
}
