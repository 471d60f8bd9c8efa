import { type LayeredEntry, lookUp } from '../../../../src/image/layered-tree.ts';
import type { FileTree } from '../../../../src/kernel/file-tree.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { problem } from '../problem.ts';
import { layersAhead } from './fetch-ahead.ts';
import type { Layer } from './layer.ts';
import type { LayerListing } from './layer-listing.ts';
import type { LayerSource } from './layer-source.ts';
import { LyingToc } from './lying-toc.ts';
import { cutFrom } from './pieces.ts';

/** What one read may ask for. */
const LARGEST_READ = 64 * 1024 ** 2;

export interface LayeredImage {
  /** Lowest first. */
  readonly layers: readonly Layer[];
  /** Where each layer put files, by the image's history; used to fetch early. */
  readonly copyTargets: readonly (string | null)[];
}

/** An image's files, and whether all that was read of them so far is what the layers' digests stand for. */
export interface ImageFiles extends FileTree {
  verified(): boolean;
}

/**
 * The files of an image, as a container made from it would see them. Layers are fetched from the top, only as far as an
 * answer needs them, until the signal aborts.
 */
export function imageFiles(image: LayeredImage, source: LayerSource, clock: Clock, signal: AbortSignal): ImageFiles {
  const { layers, copyTargets } = image;
  let allVerified = true;

  const layerAt = (number: number): Layer => {
    const layer = layers[number];
    if (layer === undefined) throw new RangeError(`there is no layer ${number}`);
    return layer;
  };
  const list = async (number: number): Promise<LayerListing> => {
    const listing = await source.list(layerAt(number), signal);
    if (listing.chunks !== null) allVerified = false;
    return listing;
  };
  /** Failures are told when the layer is needed. */
  const fetchEarly = (number: number, until: AbortSignal) => {
    source.list(layerAt(number), until).catch(() => undefined);
  };
  const find = async (path: string): Promise<LayeredEntry | null> => {
    const search = lookUp(path, layers.length);
    const guess = clock.lifetime();
    try {
      let turn = search.next();
      while (!turn.done) {
        const ahead = layersAhead(path, turn.value, layers, copyTargets);
        const needed = list(turn.value);
        for (const number of ahead.small) fetchEarly(number, signal);
        for (const number of ahead.hinted) fetchEarly(number, guess.signal);
        turn = search.next((await needed).index);
      }
      return turn.value;
    } finally {
      guess.end();
    }
  };
  const readOnce = async (path: string, offset: number, length: number): Promise<Uint8Array> => {
    const found = await find(path);
    const target = layers[0]?.registry ?? 'image';
    if (!found?.bytes) throw problem('not-found', target, `${path} is no file of the image, so it has no bytes.`);
    const wanted = Math.max(Math.min(length, found.entry.size - offset), 0);
    if (wanted > LARGEST_READ)
      throw problem('too-large', target, `more than 64 MiB of ${path} were asked for at once.`);
    if (wanted === 0) return new Uint8Array(0);
    const { ordinal } = found.bytes;
    const listing = await list(found.bytes.layer);
    const kept = cutFrom(listing.pieces.get(ordinal) ?? [], offset, wanted);
    if (kept !== null) return kept;
    allVerified = false;
    const part = { ordinal, size: found.entry.size, offset, length: wanted };
    return source.read(layerAt(found.bytes.layer), listing, part, signal);
  };
  return {
    lstat: async (path) => (await find(path))?.entry ?? null,
    read: async (path, offset, length) => {
      try {
        return await readOnce(path, offset, length);
      } catch (error) {
        // The layer is listed anew, by its own bytes.
        if (error instanceof LyingToc) return readOnce(path, offset, length);
        throw error;
      }
    },
    verified: () => allVerified,
  };
}
