import type { FileTransport } from '../../../../src/image/image-name.ts';
import { answerOf, known } from '../../../../src/playbook/answer.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { ImageSource } from '../../../../src/ports/image-source.ts';
import { archiveFiles } from './archive-files.ts';
import { dockerArchiveStore, type LayerPaths, savedTags } from './docker-archive-store.ts';
import { folderFiles } from './folder-files.ts';
import { folderStore, plainPath } from './folder-store.ts';
import { type ImageStore, openIn, resolveIn } from './image-store.ts';
import { blobPath, layoutNames, layoutStore } from './layout-store.ts';
import type { LocalFiles } from './local-files.ts';
import { createLocalLayers } from './local-layers.ts';

export interface LocalImagesOptions {
  readonly kind: FileTransport;
  /** Of the file or folder. */
  readonly path: string;
  readonly clock: Clock;
  /** For each question, and for the reading of an opened image's files; milliseconds. */
  readonly deadlineMs?: number;
}

/** A source that holds files open until it is closed. */
export interface LocalImages {
  readonly images: ImageSource;
  close(): Promise<void>;
}

/** A disk that hangs (a network's) must not hang a pipeline. */
const DEADLINE_MS = 10 * 60_000;

/**
 * The images in a file or folder: archives of `docker save`, OCI layouts as a folder or an archive, skopeo's `dir:`.
 * References are the names within it; an empty one is the only image there. Nothing is read before the first question.
 */
export function createLocalImages(options: LocalImagesOptions): LocalImages {
  const { kind, path, clock } = options;
  const files = kind === 'oci' || kind === 'dir' ? folderFiles(path) : archiveFiles(path);
  const { storeFor, names } = storesOf(kind, files, clock);
  const within = (signal: AbortSignal) => clock.deadline(options.deadlineMs ?? DEADLINE_MS, signal);
  const images: ImageSource = {
    resolve: (reference, signal) => answerOf(() => resolveIn(storeFor(reference), reference, within(signal))),
    open: (reference, platform, signal) => answerOf(() => openIn(storeFor(reference), platform, within(signal))),
    tags: (_repository, signal) => answerOf(() => names(within(signal))),
    // Attestations that lie in a file are not read: what is checked is what would run.
    provenance: async () => known(null),
    withLogins: () => images,
  };
  return {
    images,
    close: () => files.close(),
  };
}

interface Stores {
  storeFor(reference: string): ImageStore;
  names(signal: AbortSignal): Promise<readonly string[]>;
}

function storesOf(kind: FileTransport, files: LocalFiles, clock: Clock): Stores {
  if (kind === 'docker-archive') {
    const paths: LayerPaths = new Map();
    const layers = createLocalLayers(({ digest }, signal) => files.stream(paths.get(digest) ?? digest, signal));
    return {
      storeFor: (reference) => dockerArchiveStore(files, layers, clock, paths, reference),
      names: (signal) => savedTags(files, signal),
    };
  }
  const pathOf = kind === 'dir' ? plainPath : blobPath;
  const layers = createLocalLayers(({ digest }, signal) => files.stream(pathOf(digest), signal));
  if (kind === 'dir')
    return { storeFor: (reference) => folderStore(files, layers, clock, reference), names: async () => [] };
  return {
    storeFor: (reference) => layoutStore(files, layers, clock, reference),
    names: (signal) => layoutNames(files, signal),
  };
}
