import { architectureOf } from '../../../src/image/platform.ts';
import type { LocalImageFacts } from '../../../src/playbook/evidence.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import { type ImageDocument, type ImageListing, timeOrNull } from './documents.ts';
import type { Engine } from './engine.ts';

/** Each image costs one question; the newest are the ones that matter. */
const IMAGES_CAP = 50;
const AT_ONCE = 4;

/** One image of the engine's store, by id, tag or digest. Rejects with ProbeError. */
export async function readLocalImage(engine: Engine, image: string, signal: AbortSignal): Promise<LocalImageFacts> {
  const document = await readImageDocument(engine, image, signal);
  if (document !== null) return imageFacts(document);
  const message = `the engine has no image ${image} any more`;
  throw estateFailure(engine.target, 'not-found', message);
}

/** The inspect document of an image; null when the engine does not have it. */
export async function readImageDocument(
  engine: Engine,
  image: string,
  signal: AbortSignal,
): Promise<ImageDocument | null> {
  // The name goes in as it is: the engine takes its slashes for what they are.
  const path = `/images/${image}/json`;
  const document = await engine.json<Partial<ImageDocument>>({ method: 'GET', path, accept: [404] }, signal);
  return document.Id === undefined ? null : (document as ImageDocument);
}

/** Facts out of an inspect document. A platform that the engine leaves empty is `unknown`, never the host's. */
export function imageFacts(document: ImageDocument): LocalImageFacts {
  const { architecture, variant } = architectureOf(document.Architecture || 'unknown');
  return {
    id: document.Id,
    tags: named(document.RepoTags),
    repoDigests: named(document.RepoDigests),
    platform: { os: document.Os || 'unknown', architecture, variant: document.Variant || variant },
    createdAt: timeOrNull(document.Created),
  };
}

/** The images of one repository, newest first, at most 50. Rejects with ProbeError. */
export async function readLocalImages(
  engine: Engine,
  repository: string,
  signal: AbortSignal,
): Promise<readonly LocalImageFacts[]> {
  const listing = await engine.json<readonly ImageListing[]>({ method: 'GET', path: '/images/json' }, signal);
  const wanted = familiar(repository);
  const ids = listing
    .filter((image) => repositoriesOf(image).some((name) => familiar(name) === wanted))
    .sort((a, b) => (b.Created ?? 0) - (a.Created ?? 0))
    .slice(0, IMAGES_CAP)
    .map((image) => image.Id);
  const facts: LocalImageFacts[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const batch = ids.slice(at, at + AT_ONCE).map((id) => readImageDocument(engine, id, signal));
    for (const document of await Promise.all(batch)) if (document !== null) facts.push(imageFacts(document));
  }
  return facts;
}

function repositoriesOf(image: ImageListing): string[] {
  return [
    ...named(image.RepoTags).map((tag) => tag.replace(/:[^:/]*$/, '')),
    ...named(image.RepoDigests).map((digest) => digest.replace(/@.*$/, '')),
  ];
}

/** Docker's own names drop the registry and folder that stand for Docker Hub. */
function familiar(repository: string): string {
  return repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
}

/** Images without a name are listed as `<none>:<none>`. */
function named(names: readonly string[] | null | undefined): string[] {
  return (names ?? []).filter((name) => !name.startsWith('<none>'));
}
