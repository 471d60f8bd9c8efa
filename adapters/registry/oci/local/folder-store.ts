import type { Clock } from '../../../../src/ports/clock.ts';
import type { LayerSource } from '../layers/layer-source.ts';
import { digestOf } from './digest-of.ts';
import type { ImageStore, NamedManifest } from './image-store.ts';
import type { LocalFiles } from './local-files.ts';
import { parse, readConfig, readManifest, readManifestFile } from './read-blobs.ts';
import { splitReference } from './split-reference.ts';

const MANIFEST = 'manifest.json';

/** Where skopeo's `dir:` keeps a blob (containers/image, directory transport): `sha256` goes without saying. */
export function plainPath(digest: string): string {
  return digest.replace(/^sha256:/, '').replace(':', '-');
}

/** The one image of a folder that skopeo wrote as `dir:`. */
export function folderStore(files: LocalFiles, layers: LayerSource, clock: Clock, reference: string): ImageStore {
  const { target } = files;
  const root = async (signal: AbortSignal): Promise<NamedManifest> => {
    const bytes = await readManifestFile(files, MANIFEST, signal);
    return { digest: digestOf(bytes), manifest: parse(files, MANIFEST, bytes) };
  };
  const manifest = async (digest: string, signal: AbortSignal): Promise<NamedManifest> => {
    const first = await root(signal);
    if (first.digest === digest) return first;
    return readManifest(files, `${plainPath(digest)}.${MANIFEST}`, digest, signal);
  };
  const { digest: wanted } = splitReference(reference);
  return {
    target,
    name: target,
    root: (signal) => (wanted === null ? root(signal) : manifest(wanted, signal)),
    manifest,
    config: ({ digest }, signal) => readConfig(files, plainPath(digest), digest, signal),
    layer: ({ digest, size, annotations }) => ({ registry: target, repository: reference, digest, size, annotations }),
    layers,
    clock,
  };
}
