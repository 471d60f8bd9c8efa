import type { Place } from '../../../src/playbook/place.ts';
import type { ContainerListing } from './documents.ts';
import type { Engine } from './engine.ts';

const SERVICE_LABEL = 'com.docker.compose.service';
const NAMES_CAP = 1_000;

/** What a swap leaves beside a container for a while: never an instance of its own. */
export const SET_ASIDE_MARK = '-execfmt-';

interface Listed {
  readonly name: string;
  readonly service: string | null;
}

/**
 * The containers, stopped ones too, that have exactly this name, or that Docker Compose made for the service of this
 * name. By name first.
 */
export async function findInstances(
  engine: Engine,
  host: string,
  wanted: string,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const all = await listContainers(engine, signal);
  const byName = all.filter(({ name }) => name === wanted);
  const byService = all.filter(
    ({ name, service }) => service === wanted && name !== wanted && !name.includes(SET_ASIDE_MARK),
  );
  return [...byName, ...byService].map(({ name }) => ({ kind: 'docker', host, container: name }));
}

/** The names of all containers and Compose services, sorted. */
export async function listNames(engine: Engine, signal: AbortSignal): Promise<readonly string[]> {
  const all = (await listContainers(engine, signal)).filter(({ name }) => !name.includes(SET_ASIDE_MARK));
  const names = new Set(all.flatMap(({ name, service }) => (service === null ? [name] : [name, service])));
  return [...names].sort().slice(0, NAMES_CAP);
}

async function listContainers(engine: Engine, signal: AbortSignal): Promise<readonly Listed[]> {
  const query = { all: '1' };
  const listing = await engine.json<readonly ContainerListing[]>(
    { method: 'GET', path: '/containers/json', query },
    signal,
  );
  return listing.flatMap((container) => {
    // Legacy links add names such as `/web/db`: they are the other container's names for this one.
    const own = container.Names?.find((name) => name.lastIndexOf('/') === 0);
    return own === undefined ? [] : [{ name: own.slice(1), service: container.Labels?.[SERVICE_LABEL] ?? null }];
  });
}
