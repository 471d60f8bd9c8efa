import { problem } from '../../../../src/playbook/answer.ts';
import type { Layer } from '../layers/layer.ts';
import { LayerFault } from '../layers/layer-fault.ts';
import type { LayerListing } from '../layers/layer-listing.ts';
import type { FilePart, LayerSource } from '../layers/layer-source.ts';
import { listLayer } from '../layers/list-layer.ts';
import { readStored } from '../layers/read-stored.ts';
import { createLru } from '../lru.ts';

/** Where the bytes of a layer are. */
export type StreamLayer = (layer: Layer, signal: AbortSignal) => AsyncIterable<Uint8Array>;

const LISTINGS = 256 * 1024 ** 2;
const FILES = 64 * 1024 ** 2;
/** Files up to this size are kept whole, as more of them will be asked for. */
const WHOLE_FILE = 16 * 1024 ** 2;

/** Layers of an image on this machine: listed once, their digests checked; recently read files are kept in memory. */
export function createLocalLayers(stream: StreamLayer): LayerSource {
  const listings = createLru<Promise<LayerListing>>(LISTINGS);
  const files = createLru<Uint8Array>(FILES);

  return {
    list: async (layer, signal) => {
      const kept = listings.get(layer.digest);
      if (kept) return kept;
      const listing = inLayer(layer, () => listLayer(stream(layer, signal), layer));
      listings.set(layer.digest, listing, 0);
      const { weight } = await listing.catch((error: unknown) => {
        // Heavier than all: what failed is not kept.
        listings.set(layer.digest, listing, LISTINGS + 1);
        throw error;
      });
      listings.set(layer.digest, listing, weight);
      return listing;
    },
    read: async (layer, _listing, part, signal) => {
      const { ordinal, size, offset } = part;
      const length = Math.max(Math.min(part.length, size - offset), 0);
      const read = (from: number, count: number) =>
        inLayer(layer, () => readPart(stream(layer, signal), { ...part, offset: from, length: count }));
      if (size > WHOLE_FILE) return read(offset, length);
      const key = `${layer.digest}/${ordinal}`;
      const whole = files.get(key) ?? (await read(0, size));
      files.set(key, whole, whole.length);
      return whole.slice(offset, offset + length);
    },
  };
}

async function readPart(stored: AsyncIterable<Uint8Array>, { ordinal, offset, length }: FilePart): Promise<Uint8Array> {
  return (await readStored(stored, ordinal, { offset, length }))?.bytes ?? new Uint8Array(0);
}

async function inLayer<T>({ registry, digest }: Layer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LayerFault)) throw error;
    const message = `its layer ${digest} cannot be read: ${error.message}. Save or build the image again.`;
    throw problem(error.code, registry, message, error);
  }
}
