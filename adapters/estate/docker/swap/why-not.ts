import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerDocument, ContainerListing } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { replacedBy, swarmService } from '../managed-by.ts';
import { readContainerById } from '../read-container.ts';
import { namesOf } from './swap-names.ts';

/** Why a container cannot be replaced from here, with what to do instead; null when it can. Without a question to the engine. */
export function whyNot(swap: Swap, old: ContainerDocument): string | null {
  const { service } = namesOf(swap);
  if (old.HostConfig?.AutoRemove) {
    return `${service} was started with --rm: it would be removed when it is stopped and could not be put back; replace it by hand`;
  }
  const owner = replacedBy(old.Config?.Labels);
  if (owner === null) return null;
  const swarm = swarmService(old.Config?.Labels);
  const instead = swarm === null ? 'change the image there' : `docker service update --image ${swap.image} ${swarm}`;
  return `${service} belongs to ${owner}, which would replace it as soon as it is stopped. Instead: ${instead}`;
}

/** The same, and what other containers on the host hold against it; null too when the container is gone. Rejects with ProbeError. */
export async function objectionTo(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string | null> {
  const old = await readContainerById(engine, swap.instanceId, signal);
  if (old === null) return null;
  const own = whyNot(swap, old);
  if (own !== null) return `${own}.`;
  const borrowers = await findBorrowers(engine, old, signal);
  if (borrowers.length === 0) return null;
  const { service } = namesOf(swap);
  return `${borrowers.join(', ')} ${borrowers.length === 1 ? 'uses' : 'use'} the network of ${service} (--network container:…), would lose it and could not start again: replace them together, by hand.`;
}

/** The containers that have no network of their own but this one's, by name. */
async function findBorrowers(engine: Engine, old: ContainerDocument, signal: AbortSignal): Promise<string[]> {
  const request = { method: 'GET', path: '/containers/json', query: { all: '1' } } as const;
  const listing = await engine.json<readonly ContainerListing[]>(request, signal);
  return listing
    .filter(({ HostConfig }) => HostConfig?.NetworkMode === `container:${old.Id}`)
    .flatMap(({ Names, Id }) => Names?.[0]?.slice(1) ?? Id.slice(0, 12))
    .sort();
}
