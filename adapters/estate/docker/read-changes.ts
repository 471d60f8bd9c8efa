import type { Engine } from './engine.ts';

/** A path that differs from the image; of a directory also when only something in it does. */
interface ChangeDocument {
  readonly Path?: string;
}

const MOST_CHANGES = 10_000;

/** What a container has changed of its image, as `docker diff` tells. Rejects with ProbeError. */
export async function readChanges(engine: Engine, container: string, signal: AbortSignal): Promise<readonly string[]> {
  const path = `/containers/${encodeURIComponent(container)}/changes`;
  const changes = await engine.json<readonly ChangeDocument[] | null>({ method: 'GET', path }, signal);
  return (changes ?? []).slice(0, MOST_CHANGES).flatMap(({ Path }) => (Path ? [Path] : []));
}
