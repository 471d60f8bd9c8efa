import type Docker from 'dockerode';
import { type ImageConfig, parseImageConfig } from '../../../src/image/config.ts';
import type { Platform } from '../../../src/image/platform.ts';
import type { PublishedImage } from '../../../src/image/published.ts';
import { isDigest } from '../../../src/image/reference.ts';
import { answerOf, known } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { ImageSource, OpenedImage } from '../../../src/ports/image-source.ts';
import { createContainerTree } from './container-tree.ts';
import { type ImageDocument, timeOrNull } from './documents.ts';
import { createEngine, type Engine } from './engine.ts';
import { imageFacts, readImageDocument, readLocalImages } from './local-images.ts';
import { createTemporary, removeTemporary, sweepTemporary } from './temporary-container.ts';

export interface DockerImagesOptions {
  /** The engine's name, for messages. */
  readonly name: string;
  readonly client: Docker;
  readonly clock: Clock;
  /** For each question; milliseconds. */
  readonly deadlineMs?: number;
  /** When a temporary container counts as left over by a killed process; milliseconds. */
  readonly leftOverAfterMs?: number;
}

/** A source that makes temporary containers, which go when it is closed. */
export interface DockerImages {
  readonly images: ImageSource;
  /** Removes every temporary container of this source. Rejects with ProbeError when the engine does not do it. */
  close(): Promise<void>;
}

const DEADLINE_MS = 30_000;
/** The store has no manifest for an image that was built or loaded: its configuration stands for it. */
const MEDIA_TYPE = 'application/vnd.docker.container.image.v1+json';

/**
 * The images in an engine's own store, by name or id. An image's files are read out of a container of it that is created,
 * never started, and removed by `close`. Digests are the engine's ids of images.
 */
export function createDockerImages(options: DockerImagesOptions): DockerImages {
  const { name, client, clock, leftOverAfterMs } = options;
  const engine = createEngine({ name, client, clock, deadlineMs: options.deadlineMs ?? DEADLINE_MS });
  const containers = new Map<string, Promise<string>>();
  let swept: Promise<void> | null = null;

  const containerOf = async (id: string, signal: AbortSignal): Promise<string> => {
    // What others left over must not keep this reading from going on.
    swept ??= sweepTemporary(engine, signal, leftOverAfterMs).catch(() => undefined);
    await swept;
    const there = containers.get(id) ?? createTemporary(engine, id);
    containers.set(id, there);
    there.catch(() => containers.delete(id));
    return there;
  };

  const images: ImageSource = {
    resolve: (reference, signal) =>
      answerOf(async () => resolved(reference, await findImage(engine, reference, signal))),
    // One image has one platform here, and is opened whatever it says.
    open: (reference, _platform: Platform, signal) =>
      answerOf(async () => {
        const document = await findImage(engine, reference, signal);
        const container = await containerOf(document.Id, signal);
        return opened(document, createContainerTree(engine, container, signal));
      }),
    tags: (repository, signal) =>
      answerOf(async () => {
        const images = await readLocalImages(engine, repository, signal);
        const prefix = `${repository}:`;
        const tags = images.flatMap((image) => image.tags.filter((tag) => tag.startsWith(prefix)));
        return tags.map((tag) => tag.slice(prefix.length));
      }),
    // An engine keeps no attestations, and asks no registry.
    provenance: async () => known(null),
    withLogins: () => images,
  };
  return {
    images,
    close: async () => {
      const made = await Promise.allSettled(containers.values());
      containers.clear();
      const names = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      await Promise.all(names.map((container) => removeTemporary(engine, container)));
    },
  };
}

/** `name@sha256:…` may hold the id of an image, which is how one is asked for again, or a registry's digest. */
async function findImage(engine: Engine, reference: string, signal: AbortSignal): Promise<ImageDocument> {
  const digest = reference.slice(reference.lastIndexOf('@') + 1);
  const byId = isDigest(digest) ? await readImageDocument(engine, digest, signal) : null;
  const document = byId ?? (await readImageDocument(engine, reference, signal));
  if (document !== null) return document;
  const message = `it has no image ${reference}. Pull or build it there, or check the name in docker images`;
  throw estateFailure(engine.target, 'not-found', message);
}

function resolved(reference: string, document: ImageDocument): PublishedImage {
  const digest = document.Id;
  const entries = [{ platform: imageFacts(document).platform, digest }];
  return { reference, digest, mediaType: MEDIA_TYPE, kind: 'manifest', entries };
}

/** The engine is believed: what it unpacked is not compared with the layers' digests. */
function opened(document: ImageDocument, files: OpenedImage['files']): OpenedImage {
  return { digest: document.Id, config: configOf(document), layers: layersOf(document), files, verified: () => false };
}

/** Digests of the unpacked layers, lowest first. */
function layersOf(document: ImageDocument & { readonly RootFS?: { readonly Layers?: readonly string[] | null } }) {
  return document.RootFS?.Layers ?? [];
}

/** The engine's document has an image configuration's fields by other names; of the environment only PATH is kept. */
function configOf({ Os, Architecture, Variant, Created, Config }: ImageDocument): ImageConfig {
  const created = timeOrNull(Created);
  const config = parseImageConfig(
    JSON.stringify({ os: Os, architecture: Architecture, variant: Variant, created, config: Config ?? {} }),
  );
  if (config === null) throw new TypeError('an object that was just written is read as none');
  return config;
}
