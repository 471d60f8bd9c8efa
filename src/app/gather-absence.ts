import type { Absence } from '../playbook/absence.ts';
import type { Place } from '../playbook/place.ts';
import type { Deps, Service } from './deps.ts';

/** What would be created where a service's container is missing: perhaps it could never be pulled. */
export async function gatherAbsence(
  deps: Deps,
  service: Service | null,
  absence: Absence,
  signal: AbortSignal,
): Promise<Absence> {
  const estate = deps.estates.get(absence.estate);
  if (estate?.kind !== 'docker' || absence.why.code !== 'not-found' || !service?.image) return absence;
  const place: Place = { kind: 'docker', host: absence.estate, container: absence.name };
  const reference = service.image;
  const [published, host] = await Promise.all([deps.images.resolve(reference, signal), estate.host(place, signal)]);
  return { ...absence, wanted: { place, reference, published, host } };
}
