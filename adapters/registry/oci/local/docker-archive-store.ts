import { type ImageConfig, parseImageConfig } from '../../../../src/image/config.ts';
import { asObject, asText, asTexts, parseJsonObject } from '../../../../src/image/json-values.ts';
import { isDigest, parseReference } from '../../../../src/image/reference.ts';
import { problem } from '../../../../src/playbook/answer.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { LayerSource } from '../layers/layer-source.ts';
import { acceptManifest } from './accept-manifest.ts';
import { digestOf } from './digest-of.ts';
import type { ImageStore, NamedManifest } from './image-store.ts';
import type { LocalFiles } from './local-files.ts';
import { readManifestFile } from './read-blobs.ts';
import { splitReference } from './split-reference.ts';

const MANIFEST = 'manifest.json';
const LARGEST_CONFIG = 8 * 1024 ** 2;
/** What has no manifest of its own is told by its configuration's type. */
const MEDIA_TYPE = 'application/vnd.docker.container.image.v1+json';
/** `<digest>.tar`, `<digest>.tar.gz`, `blobs/sha256/<digest>`: the name is the digest of the bytes as they are. */
const BY_DIGEST = /(?:^|\/)([0-9a-f]{64})(?:\.tar(?:\.gz|\.zst)?)?$/;

/** One image of `manifest.json`. */
interface Saved {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

/** Where the layers of an archive are, by their digests; filled when an image is opened. */
export type LayerPaths = Map<string, string>;

/**
 * One image of an archive of `docker save` (moby image/tarexport): the old layout with `<id>/layer.tar` and the one of new
 * engines. It has no manifest, so that the image's id, the digest of its configuration, stands for it.
 */
export function dockerArchiveStore(
  files: LocalFiles,
  layers: LayerSource,
  clock: Clock,
  paths: LayerPaths,
  reference: string,
): ImageStore {
  const { target } = files;
  const root = async (signal: AbortSignal) =>
    synthesize(files, await findImage(files, reference, signal), paths, signal);
  return {
    target,
    name: reference === '' ? target : reference,
    root: async (signal) => (await root(signal)).fetched,
    manifest: async (_digest, signal) => (await root(signal)).fetched,
    config: async (_descriptor, signal) => (await root(signal)).config,
    layer: ({ digest, size, annotations }) => ({ registry: target, repository: reference, digest, size, annotations }),
    layers,
    clock,
  };
}

/** The names of all images in the archive. Rejects with ProbeError. */
export async function savedTags(files: LocalFiles, signal: AbortSignal): Promise<readonly string[]> {
  return (await readSaved(files, signal)).flatMap(({ tags }) => tags);
}

async function readSaved(files: LocalFiles, signal: AbortSignal): Promise<readonly Saved[]> {
  const bytes = await readManifestFile(files, MANIFEST, signal);
  // The document is a list, which the reader of objects would not take.
  const document = parseJsonObject(`{"images":${bytes.toString('utf8')}}`);
  const images = Array.isArray(document?.images) ? document.images.map(asObject) : [];
  return images.flatMap((image) => {
    const config = asText(image?.Config);
    return config === null ? [] : [{ config, tags: asTexts(image?.RepoTags), layers: asTexts(image?.Layers) }];
  });
}

async function findImage(files: LocalFiles, reference: string, signal: AbortSignal): Promise<Saved> {
  const all = await readSaved(files, signal);
  const { name, digest } = splitReference(reference);
  const fitting: Saved[] = [];
  for (const image of all) {
    const isWanted =
      digest === null
        ? name === '' || image.tags.some((tag) => isSame(tag, name))
        : (await readConfigFile(files, image, signal)).digest === digest;
    if (isWanted) fitting.push(image);
  }
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return first;
  const list = all.flatMap(({ tags }) => tags).join(', ') || 'images without names';
  const message =
    all.length === 0
      ? `there is no image in its ${MANIFEST}. Save it again.`
      : `it holds ${list}, and not exactly one that was asked for. Say which one, after a colon.`;
  throw problem(first === undefined ? 'not-found' : 'conflict', files.target, message);
}

function isSame(tag: string, wanted: string): boolean {
  const [a, b] = [parseReference(tag), parseReference(wanted)];
  if (a.kind === 'invalid' || b.kind === 'invalid') return tag === wanted;
  const full = ({ registry, repository, tag: version }: typeof a.reference) => `${registry}/${repository}:${version}`;
  return full(a.reference) === full(b.reference);
}

async function readConfigFile(files: LocalFiles, { config }: Saved, signal: AbortSignal) {
  const bytes = await files.read(config, LARGEST_CONFIG, signal);
  if (bytes === null) throw problem('not-found', files.target, `there is no ${config} in it. Save the image again.`);
  return { bytes, digest: digestOf(bytes) };
}

async function synthesize(
  files: LocalFiles,
  saved: Saved,
  paths: LayerPaths,
  signal: AbortSignal,
): Promise<{ fetched: NamedManifest; config: ImageConfig }> {
  const { bytes, digest } = await readConfigFile(files, saved, signal);
  const config = parseImageConfig(bytes.toString('utf8'));
  if (config === null) throw problem('invalid', files.target, `${saved.config} in it is no configuration of an image.`);
  const diffIds = asTexts(asObject(parseJsonObject(bytes.toString('utf8'))?.rootfs)?.diff_ids);
  const layers = [];
  for (const [at, path] of saved.layers.entries()) {
    const named = BY_DIGEST.exec(path)?.[1];
    const layer = named === undefined ? diffIds[at] : `sha256:${named}`;
    if (layer === undefined || !isDigest(layer)) {
      throw problem(
        'invalid',
        files.target,
        `the configuration does not say what the layer ${path} is. Save it again.`,
      );
    }
    paths.set(layer, path);
    layers.push({ mediaType: '', digest: layer, size: await files.size(path, signal) });
  }
  const written = { schemaVersion: 2, config: { mediaType: MEDIA_TYPE, digest, size: bytes.length }, layers };
  const manifest = acceptManifest(JSON.stringify(written), null, files.target, saved.config);
  return { config, fetched: { digest, manifest: { ...manifest, mediaType: MEDIA_TYPE } } };
}
