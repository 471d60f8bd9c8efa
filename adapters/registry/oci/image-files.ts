import { type LayeredEntry, lookUp } from '../../../src/image/layered-tree.ts';
import type { FileTree } from '../../../src/kernel/file-tree.ts';
import type { Layer, LayerSource } from './layer-source.ts';
import { problem } from './problem.ts';

/** What one read may ask for. */
const LARGEST_READ = 64 * 1024 ** 2;

/**
 * The files of an image, as a container made from it would see them. Layers are fetched from the top, only as far as an
 * answer needs them, until the signal aborts.
 */
export function imageFiles(layers: readonly Layer[], source: LayerSource, signal: AbortSignal): FileTree {
  const layerAt = (number: number): Layer => {
    const layer = layers[number];
    if (layer === undefined) throw new RangeError(`there is no layer ${number}`);
    return layer;
  };

  const find = async (path: string): Promise<LayeredEntry | null> => {
    const search = lookUp(path, layers.length);
    let turn = search.next();
    while (!turn.done) turn = search.next((await source.list(layerAt(turn.value), signal)).root);
    return turn.value;
  };

  return {
    lstat: async (path) => (await find(path))?.entry ?? null,
    read: async (path, offset, length) => {
      const found = await find(path);
      const target = layers[0]?.registry ?? 'image';
      if (!found?.bytes) throw problem('not-found', target, `${path} is no file of the image, so it has no bytes.`);
      const wanted = Math.max(Math.min(length, found.entry.size - offset), 0);
      if (wanted > LARGEST_READ)
        throw problem('too-large', target, `more than 64 MiB of ${path} were asked for at once.`);
      const layer = layerAt(found.bytes.layer);
      const { ordinal } = found.bytes;
      const listing = await source.list(layer, signal);
      const head = listing.heads.get(ordinal);
      if (wanted === 0) return new Uint8Array(0);
      if (head !== undefined && offset + wanted <= head.length) return head.slice(offset, offset + wanted);
      if (listing.sparse.has(ordinal)) {
        throw problem(
          'unsupported',
          target,
          `${path} is stored as a sparse file, which cannot be read without unpacking the layer.`,
        );
      }
      return source.read(layer, { ordinal, size: found.entry.size, offset, length: wanted }, signal);
    },
  };
}
