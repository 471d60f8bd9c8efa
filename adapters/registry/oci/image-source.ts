import type { ImageConfig } from '../../../src/image/config.ts';
import { formatPlatform, type Platform, samePlatform } from '../../../src/image/platform.ts';
import type { PublishedEntry, PublishedImage } from '../../../src/image/published.ts';
import { parseReference, type Reference, repositoryName } from '../../../src/image/reference.ts';
import { fittingEntries } from '../../../src/image/select-platform.ts';
import { answerOf } from '../../../src/playbook/answer.ts';
import type { ImageSource, OpenedImage } from '../../../src/ports/image-source.ts';
import { credentialFinder } from './credentials.ts';
import { createExchange } from './exchange.ts';
import { fetchConfig, fetchManifest, fetchTags, type ImageManifest } from './fetch-manifest.ts';
import { imageFiles } from './image-files.ts';
import { createStreamedLayers, type LayerSource } from './layer-source.ts';
import { layerView } from './layer-view.ts';
import { listEntries } from './list-entries.ts';
import { createLogins } from './log-in.ts';
import { DEFAULT_DEADLINES, type ImageSourceOptions } from './options.ts';
import { problem } from './problem.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';

type SingleManifest = Extract<ImageManifest, { kind: 'manifest' }>;

/**
 * Images in OCI registries, read without pulling them. The signal given to `open` also ends the reading of the opened
 * image's files.
 */
export function createImageSource(options: ImageSourceOptions): ImageSource {
  const deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines };
  const { clock, registries } = options;
  const exchange = createExchange();
  const logins = createLogins(exchange, credentialFinder(options, deadlines), clock);
  const client = createRegistryClient({ registries, exchange, logins, clock, deadlines });
  const layers = createStreamedLayers(client, clock, deadlines);
  return {
    resolve: (reference, signal) => answerOf(() => resolve(client, readReference(reference), signal)),
    open: (reference, platform, signal) =>
      answerOf(() => open(client, layers, readReference(reference), platform, signal)),
    tags: (repository, signal) => answerOf(() => fetchTags(client, readReference(repository), signal)),
  };
}

function readReference(text: string): Reference {
  const result = parseReference(text);
  if (result.kind === 'reference') return result.reference;
  throw problem('invalid', text, `this is no image reference: ${result.reason}. Write it as for docker pull.`);
}

/** What a person wrote: the digest, which wins, or the tag. */
const nameIn = (reference: Reference): string => reference.digest ?? reference.tag ?? 'latest';

async function resolve(client: RegistryClient, reference: Reference, signal: AbortSignal): Promise<PublishedImage> {
  const { manifest, digest } = await fetchManifest(client, reference, nameIn(reference), signal);
  const { kind, mediaType } = manifest;
  const entries =
    manifest.kind === 'index'
      ? await listEntries(client, reference, manifest, signal)
      : [{ platform: (await fetchConfig(client, reference, manifest.config, signal)).platform, digest }];
  return { reference: reference.written, digest, mediaType, kind, entries };
}

async function open(
  client: RegistryClient,
  layers: LayerSource,
  reference: Reference,
  platform: Platform,
  signal: AbortSignal,
): Promise<OpenedImage> {
  const named = await fetchManifest(client, reference, nameIn(reference), signal);
  if (named.manifest.kind === 'manifest') {
    const config = await fetchConfig(client, reference, named.manifest.config, signal);
    return openedImage(layers, reference, named.digest, named.manifest, config, signal);
  }
  const entries = await listEntries(client, reference, named.manifest, signal);
  for (const entry of fittingEntries(entries, platform)) {
    const { manifest } = await fetchManifest(client, reference, entry.digest, signal);
    if (manifest.kind !== 'manifest') continue;
    const config = await fetchConfig(client, reference, manifest.config, signal);
    // An entry that states no platform is taken only when its configuration does (containerd, images.Manifest).
    if (entry.platform === null && !samePlatform(config.platform, platform)) continue;
    return openedImage(layers, reference, entry.digest, manifest, config, signal);
  }
  throw problem('not-found', reference.registry, noneFits(reference, platform, entries));
}

function noneFits(reference: Reference, platform: Platform, entries: readonly PublishedEntry[]): string {
  const there = entries.map((entry) => (entry.platform ? formatPlatform(entry.platform) : 'one that states none'));
  const list = there.length === 0 ? 'it has no image at all' : `it has ${there.join(', ')}`;
  return `the index of ${repositoryName(reference)}:${nameIn(reference)} has no image for ${formatPlatform(platform)}; ${list}. Build and push that platform too.`;
}

function openedImage(
  source: LayerSource,
  reference: Reference,
  digest: string,
  manifest: SingleManifest,
  config: ImageConfig,
  signal: AbortSignal,
): OpenedImage {
  const { registry, repository } = reference;
  const layers = manifest.layers.map((layer) => ({ registry, repository, digest: layer.digest, size: layer.size }));
  const files = imageFiles(layers, source, signal);
  const byLayer = layerView(layers, source, signal);
  return { digest, config, layers: layers.map((layer) => layer.digest), files, byLayer };
}
