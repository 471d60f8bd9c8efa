import type { ImageDocument } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { readImageDocument } from '../local-images.ts';
import { swapFailure } from '../swap/survey-swap.ts';

const CARRIER_LABEL = 'execfmt.carrier';
const REPOSITORY = 'execfmt-carrier';
/**
 * Of an image without files. Both are said, so that what the carrier has from it can be told from what a person has set,
 * an entrypoint that was taken away too; and it could not be created without a command.
 */
const NOT_FOR_RUNNING = '["/this-container-only-carries-settings"]';
/** The end of a tar archive (POSIX ustar): two blocks of zeros. */
const EMPTY_TAR = Buffer.alloc(1024);
const DEADLINE_MS = 60_000;

/** The name of the empty image of one renewal. */
export function carrierImage(id: string): string {
  return `${REPOSITORY}:${id}`;
}

/** Whether an image is one that carries settings, of whichever renewal. */
export function isCarrierImage(image: ImageDocument | null): boolean {
  return image?.Config?.Labels?.[CARRIER_LABEL] !== undefined;
}

/** Makes the empty image, unless it is there. Rejects with ProbeError. */
export async function importCarrierImage(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  if ((await readImageDocument(engine, carrierImage(id), signal)) !== null) return;
  const changes = [`LABEL ${CARRIER_LABEL}=${id}`, `ENTRYPOINT ${NOT_FOR_RUNNING}`, `CMD ${NOT_FOR_RUNNING}`];
  const query = { fromSrc: '-', repo: REPOSITORY, tag: id, changes: changes.join('\n') };
  const request = {
    method: 'POST',
    path: '/images/create',
    query,
    upload: EMPTY_TAR,
    deadlineMs: DEADLINE_MS,
  } as const;
  await engine.status(request, signal);
  // What went wrong stands in the progress, with status 200: the image itself is asked for.
  if (isCarrierImage(await readImageDocument(engine, carrierImage(id), signal))) return;
  throw swapFailure(engine, 'unsupported', 'the engine did not import an empty image: nothing was changed');
}

/** Removes an image, and all its names; one that is gone is gone. Rejects with ProbeError: `conflict` while it is in use. */
export async function removeImage(engine: Engine, image: string, signal: AbortSignal): Promise<void> {
  const query = { force: '1', noprune: '0' };
  const path = `/images/${image}`;
  await engine.status({ method: 'DELETE', path, query, accept: [404], deadlineMs: DEADLINE_MS }, signal);
}
