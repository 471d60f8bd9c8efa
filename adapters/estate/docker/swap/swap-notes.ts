import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerDocument, ContainerListing } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { composeOf } from '../managed-by.ts';
import { readContainerById } from '../read-container.ts';
import { namesOf } from './swap-names.ts';

/** What a person has to know of this container before approving, a sentence each. Rejects with ProbeError. */
export async function swapNotes(engine: Engine, swap: Swap, signal: AbortSignal): Promise<readonly string[]> {
  const old = await readContainerById(engine, swap.instanceId, signal);
  if (old === null) return [];
  const { service } = namesOf(swap);
  const notes = [compose(swap, old), paused(service, old), randomPorts(service, old)];
  return [...notes, await linked(engine, service, old, signal)].filter((note) => note !== null);
}

function compose(swap: Swap, old: ContainerDocument): string | null {
  const made = composeOf(old.Config?.Labels);
  if (made === null) return null;
  const file = made.files ?? 'its compose file';
  return `Docker Compose made it (project ${made.project}): the next "docker compose up" brings the old image back, unless in ${file} the service ${made.service} has the line "image: ${swap.image}".`;
}

function paused(service: string, old: ContainerDocument): string | null {
  return old.State?.Paused
    ? `${service} is paused: the new one will run, and so will the old one if it is put back.`
    : null;
}

/** A port without a number is chosen by the engine at each start. */
function randomPorts(service: string, old: ContainerDocument): string | null {
  const bindings = Object.entries(old.HostConfig?.PortBindings ?? {}) as [string, { HostPort?: string }[] | null][];
  const random = bindings.filter(([, hosts]) => hosts?.some(({ HostPort }) => !HostPort || HostPort === '0'));
  if (random.length === 0 && !old.HostConfig?.PublishAllPorts) return null;
  return `${service} publishes ports that the engine chooses at each start: they will have other numbers.`;
}

/** Others that link to it (--link) are seen by the names that they give it. */
async function linked(
  engine: Engine,
  service: string,
  old: ContainerDocument,
  signal: AbortSignal,
): Promise<string | null> {
  const query = { all: '1', filters: JSON.stringify({ id: [old.Id] }) };
  const request = { method: 'GET', path: '/containers/json', query } as const;
  const listing = await engine.json<readonly ContainerListing[]>(request, signal);
  // An engine that knows no such filter lists all of them.
  const listed = listing.find(({ Id }) => Id === old.Id);
  const others = (listed?.Names ?? []).flatMap((name) => /^\/([^/]+)\/[^/]+$/.exec(name)?.[1] ?? []).sort();
  if (others.length === 0) return null;
  return `${others.join(', ')} ${others.length === 1 ? 'links' : 'link'} to ${service} (--link) and will lose that name: create ${others.length === 1 ? 'it' : 'them'} again afterwards.`;
}
