import type { Place } from '../../../src/playbook/place.ts';

/** The container of a place; a place of another host or kind was sent here by mistake, which is a defect. */
export function containerAt(host: string, place: Place): string {
  if (place.kind !== 'docker' || place.host !== host) {
    throw new Error(`a place on another host was asked of the engine ${host}`);
  }
  return place.container;
}
