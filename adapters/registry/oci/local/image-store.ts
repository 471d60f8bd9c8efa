import type { ImageConfig } from '../../../../src/image/config.ts';
import type { Descriptor } from '../../../../src/image/manifest.ts';
import { formatPlatform, type Platform, samePlatform } from '../../../../src/image/platform.ts';
import type { PublishedEntry, PublishedImage } from '../../../../src/image/published.ts';
import { fittingEntries } from '../../../../src/image/select-platform.ts';
import { problem } from '../../../../src/playbook/answer.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { OpenedImage } from '../../../../src/ports/image-source.ts';
import { layerView } from '../layer-view.ts';
import { ImageFiles } from '../layers/image-files.ts';
import type { Layer } from '../layers/layer.ts';
import type { LayerSource } from '../layers/layer-source.ts';
import type { ImageManifest } from './accept-manifest.ts';
import { flattenIndex } from './flatten-index.ts';

type SingleManifest = Extract<ImageManifest, { kind: 'manifest' }>;

/** What a name or digest stands for. */
export interface NamedManifest {
  readonly manifest: ImageManifest;
  readonly digest: string;
}

/** Where one reference's manifests, configurations and layers lie. All of it rejects with ProbeError. */
export interface ImageStore {
  /** The file or folder, for messages. */
  readonly target: string;
  /** What the reference is called in messages: `pdf-renderer:v3`. */
  readonly name: string;
  /** What the reference itself names. */
  root(signal: AbortSignal): Promise<NamedManifest>;
  manifest(digest: string, signal: AbortSignal): Promise<NamedManifest>;
  config(descriptor: Descriptor, signal: AbortSignal): Promise<ImageConfig>;
  layer(descriptor: SingleManifest['layers'][number]): Layer;
  readonly layers: LayerSource;
  readonly clock: Clock;
}

/** What the reference points to. `written` is how it was given. Rejects with ProbeError. */
export async function resolveIn(store: ImageStore, written: string, signal: AbortSignal): Promise<PublishedImage> {
  const { manifest, digest } = await store.root(signal);
  const { kind, mediaType } = manifest;
  const entries =
    manifest.kind === 'index'
      ? await flattenIndex(store, manifest, signal)
      : [{ platform: (await store.config(manifest.config, signal)).platform, digest }];
  return { reference: written, digest, mediaType, kind, entries };
}

/** Opens the fitting entry of an index, or a manifest whatever it says. Rejects with ProbeError. */
export async function openIn(store: ImageStore, platform: Platform, signal: AbortSignal): Promise<OpenedImage> {
  const root = await store.root(signal);
  if (root.manifest.kind === 'manifest') {
    return openedImage(store, root.digest, root.manifest, await store.config(root.manifest.config, signal), signal);
  }
  const entries = await flattenIndex(store, root.manifest, signal);
  for (const entry of fittingEntries(entries, platform)) {
    const { manifest } = await store.manifest(entry.digest, signal);
    if (manifest.kind !== 'manifest') continue;
    const config = await store.config(manifest.config, signal);
    // An entry that states no platform is taken only when its configuration does (containerd, images.Manifest).
    if (entry.platform === null && !samePlatform(config.platform, platform)) continue;
    return openedImage(store, entry.digest, manifest, config, signal);
  }
  throw problem('not-found', store.target, noneFits(store, platform, entries));
}

function noneFits(store: ImageStore, platform: Platform, entries: readonly PublishedEntry[]): string {
  const there = entries.map((entry) => (entry.platform ? formatPlatform(entry.platform) : 'one that states none'));
  const list = there.length === 0 ? 'it has no image at all' : `it has ${there.join(', ')}`;
  return `the index of ${store.name} has no image for ${formatPlatform(platform)}; ${list}. Build and push that platform too.`;
}

function openedImage(
  store: ImageStore,
  digest: string,
  manifest: SingleManifest,
  config: ImageConfig,
  signal: AbortSignal,
): OpenedImage {
  const layers = manifest.layers.map((layer) => store.layer(layer));
  const files = new ImageFiles({ layers, copyTargets: [] }, store.layers, store.clock, signal);
  return {
    digest,
    config,
    layers: layers.map((layer) => layer.digest),
    files,
    verified: () => files.verified(),
    byLayer: layerView(layers, store.layers, signal),
  };
}
