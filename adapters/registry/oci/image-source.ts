import type { ImageConfig } from '../../../src/image/config.ts';
import { copyTargets } from '../../../src/image/layer-hints.ts';
import type { IndexEntry } from '../../../src/image/manifest.ts';
import { formatPlatform, type Platform, samePlatform } from '../../../src/image/platform.ts';
import type { PublishedImage } from '../../../src/image/published.ts';
import { isDigest, parseReference, type Reference, repositoryName } from '../../../src/image/reference.ts';
import type { RegistryLogin } from '../../../src/image/registry-login.ts';
import { fittingEntries } from '../../../src/image/select-platform.ts';
import { readStatedBuild } from '../../../src/image/stated-build.ts';
import { answerOf, problem } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { ImageSource, OpenedImage } from '../../../src/ports/image-source.ts';
import { credentialFinder } from './credentials.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { fetchTags } from './fetch-tags.ts';
import { findProvenance } from './find-provenance.ts';
import { layerView } from './layer-view.ts';
import { createDiskCache, type DiskCache, noCache } from './layers/disk-cache.ts';
import { ImageFiles } from './layers/image-files.ts';
import { createLayerMemory, type LayerMemory } from './layers/layer-memory.ts';
import { createLayerSource, type LayerSource } from './layers/layer-source.ts';
import { listEntries } from './list-entries.ts';
import { createLogins } from './log-in.ts';
import { createManifests, type Manifests } from './manifests.ts';
import { createMirrors, type Mirrors } from './mirrors.ts';
import { DEFAULT_DEADLINES, type ImageSourceOptions } from './options.ts';
import { patientExchange } from './patient-exchange.ts';
import type { ImageManifest } from './read-manifest.ts';
import { createRegistryClient } from './registry-client.ts';

type SingleManifest = Extract<ImageManifest, { kind: 'manifest' }>;

/**
 * Images in OCI registries, read without pulling them. The signal given to `open` also ends the reading of the opened
 * image's files.
 */
export function createImageSource(options: ImageSourceOptions): ImageSource {
  const { clock, registries, log, random = Math.random } = options;
  const exchange = patientExchange(createExchange(), clock, random);
  const mirrors = createMirrors(registries, clock, log);
  return sourceWith(options, { exchange, mirrors, memory: createLayerMemory(), cache: cacheFor(options) }, []);
}

/** What sources with different logins have in common. */
interface Shared {
  readonly exchange: Exchange;
  readonly mirrors: Mirrors;
  readonly memory: LayerMemory;
  readonly cache: DiskCache;
}

const CACHE_BYTES = 512 * 1024 ** 2;

function cacheFor({ cacheDir, cacheBytes = CACHE_BYTES, clock, log }: ImageSourceOptions): DiskCache {
  return cacheDir ? createDiskCache({ folder: cacheDir, bound: cacheBytes, clock, log }) : noCache;
}

/**
 * What is kept of an answer is kept for those logins alone: what one may read another may not. Layers are shared, as in
 * an engine: they are found by the digests in a manifest, which was read with these logins.
 */
function sourceWith(options: ImageSourceOptions, shared: Shared, given: readonly RegistryLogin[]): ImageSource {
  const { clock } = options;
  const deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines };
  const logins = createLogins(shared.exchange, credentialFinder(options, deadlines, given), clock);
  const client = createRegistryClient({ ...shared, logins, clock, deadlines });
  const manifests = createManifests(client, shared.cache);
  const layers: OpenLayers = { source: createLayerSource({ ...shared, client, clock, deadlines }), clock };
  return {
    resolve: (reference, signal) => answerOf(() => resolve(manifests, readReference(reference), signal)),
    open: (reference, platform, signal) =>
      answerOf(() => open(manifests, layers, readReference(reference), platform, signal)),
    tags: (repository, signal) =>
      answerOf(() => fetchTags(client, readReference(repository), clock.deadline(deadlines.list, signal))),
    provenance: (reference, digest, signal) =>
      answerOf(async () => {
        if (!isDigest(digest)) throw problem('invalid', reference, `${digest} is no digest of an image.`);
        const within = clock.deadline(deadlines.list, signal);
        return findProvenance(client, manifests, readReference(reference), digest, within);
      }),
    withLogins: (more) => sourceWith(options, shared, [...more, ...given]),
  };
}

/** How an opened image reads its layers. */
interface OpenLayers {
  readonly source: LayerSource;
  readonly clock: Clock;
}

function readReference(text: string): Reference {
  const result = parseReference(text);
  if (result.kind === 'reference') return result.reference;
  throw problem('invalid', text, `this is no image reference: ${result.reason}. Write it as for docker pull.`);
}

async function resolve(manifests: Manifests, reference: Reference, signal: AbortSignal): Promise<PublishedImage> {
  const { manifest, digest, servedBy } = await manifests.named(reference, signal);
  const { kind, mediaType } = manifest;
  const entries =
    manifest.kind === 'index'
      ? await listEntries(manifests, reference, manifest, signal)
      : [{ platform: (await manifests.config(reference, manifest.config, signal)).platform, digest }];
  return {
    reference: reference.written,
    digest,
    mediaType,
    kind,
    entries: entries.map((entry) => ({ platform: entry.platform, digest: entry.digest })),
    servedBy,
  };
}

/** Entries that state no platform, of which each costs two requests to look into. */
const MOST_UNSTATED = 16;

async function open(
  manifests: Manifests,
  layers: OpenLayers,
  reference: Reference,
  platform: Platform,
  signal: AbortSignal,
): Promise<OpenedImage> {
  const named = await manifests.named(reference, signal);
  if (named.manifest.kind === 'manifest') {
    const config = await manifests.config(reference, named.manifest.config, signal);
    return {
      ...openedImage(layers, reference, named.digest, named.manifest, config, signal),
      servedBy: named.servedBy,
    };
  }
  const entries = await listEntries(manifests, reference, named.manifest, signal);
  const fitting = fittingEntries(entries, platform);
  const stated = fitting.filter((entry) => entry.platform !== null);
  const unstated = fitting.filter((entry) => entry.platform === null);
  for (const entry of [...stated, ...unstated.slice(0, MOST_UNSTATED)]) {
    const { manifest } = await manifests.child(reference, entry, signal);
    if (manifest.kind !== 'manifest') continue;
    const config = await manifests.config(reference, manifest.config, signal);
    // An entry that states no platform is taken only when its configuration does (containerd, images.Manifest).
    if (entry.platform === null && !samePlatform(config.platform, platform)) continue;
    return { ...openedImage(layers, reference, entry.digest, manifest, config, signal), servedBy: named.servedBy };
  }
  throw problem('not-found', reference.registry, noneFits(reference, platform, entries));
}

const MOST_NAMED = 20;

function noneFits(reference: Reference, platform: Platform, entries: readonly IndexEntry[]): string {
  const there = entries.map((entry) => (entry.platform ? formatPlatform(entry.platform) : 'one that states none'));
  const named = there.slice(0, MOST_NAMED).join(', ');
  const more = there.length > MOST_NAMED ? ` and ${there.length - MOST_NAMED} more` : '';
  const list = there.length === 0 ? 'it has no image at all' : `it has ${named}${more}`;
  const name = `${repositoryName(reference)}:${reference.digest ?? reference.tag}`;
  return `the index of ${name} has no image for ${formatPlatform(platform)}; ${list}. Build and push that platform too.`;
}

function openedImage(
  { source, clock }: OpenLayers,
  reference: Reference,
  digest: string,
  manifest: SingleManifest,
  config: ImageConfig,
  signal: AbortSignal,
): OpenedImage {
  const { registry, repository } = reference;
  const layers = manifest.layers.map((layer) => ({ registry, repository, ...layer }));
  const files = new ImageFiles({ layers, copyTargets: copyTargets(config.history) }, source, clock, signal);
  const build = readStatedBuild(config.labels, manifest.annotations);
  return {
    digest,
    config: { ...config, build },
    layers: layers.map((layer) => layer.digest),
    files,
    byLayer: layerView(layers, source, signal),
    verified: () => files.verified(),
  };
}
