import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerListing, ImageListing, InfoDocument } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { readImageDocument } from '../local-images.ts';

/** Each image costs one question. */
const IMAGES_CAP = 500;
const AT_ONCE = 8;
const NAMED = 5;

/**
 * Why removing the image would not remove its damaged layer, with what to do instead; null when it would. The engine keeps a
 * layer as long as an image or a container stands on it and on all that is below it. Rejects with ProbeError.
 */
export async function whyLayerStays(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string | null> {
  const info = await engine.json<InfoDocument>({ method: 'GET', path: '/info' }, signal);
  if (info.DriverStatus?.some(([, value]) => value?.startsWith('io.containerd.snapshotter')))
    return 'This engine keeps its images in containerd, and there it was never tried whether a pull repairs them: do it by hand.';
  const damaged = await layersOf(engine, swap.imageId, signal);
  const below = damaged.slice(0, (swap.damagedLayer ?? 0) + 1);
  const query = { all: '1' };
  const images = await engine.json<readonly ImageListing[]>({ method: 'GET', path: '/images/json', query }, signal);
  if (images.length > IMAGES_CAP)
    return `This host has more than ${IMAGES_CAP} images, so nobody can tell in time which of them stand on the damaged layer: do it by hand.`;
  const sharing = await sharingWith(engine, swap.imageId, below, images, signal);
  const others = await containersOf(engine, [swap.imageId, ...sharing.keys()], swap.instanceId, signal);
  const names = [
    ...others.map((name) => `the container ${name}`),
    ...[...sharing.values()].map((name) => `the image ${name}`),
  ];
  if (names.length === 0) return null;
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `The damaged layer would stay on the host, because more stands on it: ${names.slice(0, NAMED).join(', ')}${more}. Remove what is not needed and ask again, or do it by hand.`;
}

/** The images other than one that have the same layers at their bottom, by id with a name for people. */
async function sharingWith(
  engine: Engine,
  image: string,
  below: readonly string[],
  images: readonly ImageListing[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const others = images.filter(({ Id }) => Id !== image);
  const sharing = new Map<string, string>();
  for (let at = 0; at < others.length; at += AT_ONCE) {
    const batch = others.slice(at, at + AT_ONCE);
    const layers = await Promise.all(batch.map(({ Id }) => layersOf(engine, Id, signal)));
    for (const [index, { Id, RepoTags, RepoDigests }] of batch.entries()) {
      if (!below.every((layer, depth) => layers[index]?.[depth] === layer)) continue;
      const name = [...(RepoTags ?? []), ...(RepoDigests ?? [])].find((each) => !each.startsWith('<none>'));
      sharing.set(Id, name ?? Id.slice('sha256:'.length, 19));
    }
  }
  return sharing;
}

/** Digests of the unpacked layers, from the bottom. None of an image that is gone. */
async function layersOf(engine: Engine, image: string, signal: AbortSignal): Promise<readonly string[]> {
  return (await readImageDocument(engine, image, signal))?.RootFS?.Layers ?? [];
}

/** The names of the containers, stopped ones too, that were made from some images; without one by its id. Rejects with ProbeError. */
export async function containersOf(
  engine: Engine,
  images: readonly string[],
  without: string | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const request = { method: 'GET', path: '/containers/json', query: { all: '1' } } as const;
  const listing = await engine.json<readonly ContainerListing[]>(request, signal);
  return listing
    .filter(({ Id, ImageID }) => Id !== without && images.includes(ImageID ?? ''))
    .map(({ Names, Id }) => Names?.[0]?.slice(1) ?? Id.slice(0, 12));
}
