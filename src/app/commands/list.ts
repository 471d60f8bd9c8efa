import type { IntentReply } from '../../ports/application.ts';
import { listCard } from '../../view/list-card.ts';
import type { Desk } from './desk.ts';

/** A host that takes longer than this to list its containers counts as silent. Milliseconds. */
const NAMES_MS = 5_000;

/** `list`: what is configured, who may approve it, and what the hosts and clusters have besides. */
export async function listTargets({ deps, signal }: Desk): Promise<IntentReply> {
  const deadline = deps.clock.deadline(NAMES_MS, signal);
  const estates = await Promise.all(
    [...deps.estates.values()].map(async (estate) => ({
      name: estate.name,
      kind: estate.kind,
      practice: estate.practice,
      names: await estate.names(deadline),
    })),
  );
  const services = [...deps.services.values()].map(({ name, targets, image, approvals }) => ({
    ...{ name, targets, image },
    approvals: approvals && { approvers: approvals.approvers, required: approvals.required },
  }));
  return { kind: 'private', card: listCard(services, estates) };
}
