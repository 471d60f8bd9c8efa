import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { ContainerDocument } from './documents.ts';
import type { Engine } from './engine.ts';

/**
 * The inspect document of the container with exactly this name. The engine would also take the name for the beginning
 * of an id, and give another container. Rejects with ProbeError.
 */
export async function readContainer(engine: Engine, name: string, signal: AbortSignal): Promise<ContainerDocument> {
  const document = await readContainerById(engine, name, signal);
  if (document?.Name === `/${name}`) return document;
  const message = `there is no container named ${name}: was it removed or renamed?`;
  throw estateFailure(engine.target, 'not-found', message);
}

/** The inspect document by the full id; null when it is gone. */
export async function readContainerById(
  engine: Engine,
  id: string,
  signal: AbortSignal,
): Promise<ContainerDocument | null> {
  const path = `/containers/${encodeURIComponent(id)}/json`;
  const document = await engine.json<Partial<ContainerDocument>>({ method: 'GET', path, accept: [404] }, signal);
  if (document.Id === undefined || document.Name === undefined || document.Image === undefined) return null;
  return document as ContainerDocument;
}
