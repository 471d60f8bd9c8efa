import type { Clock } from '../../../src/ports/clock.ts';
import { decompress } from './decompress.ts';
import { LayerFault } from './layer-fault.ts';
import { type LayerListing, listLayer } from './list-layer.ts';
import { createLru } from './lru.ts';
import type { Deadlines } from './options.ts';
import { problem } from './problem.ts';
import type { RegistryClient } from './registry-client.ts';
import { walkTar } from './walk-tar.ts';

/** One layer, where it is published. */
export interface Layer {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
  /** Compressed bytes, as the manifest states them. */
  readonly size: number | null;
}

/** A part of one file of a layer. */
export interface FilePart {
  readonly ordinal: number;
  /** Of the whole file, in bytes. */
  readonly size: number;
  readonly offset: number;
  readonly length: number;
}

/** Where layers are read. Rejects with ProbeError. A cache on disk or a reader by ranges is another one of these. */
export interface LayerSource {
  list(layer: Layer, signal: AbortSignal): Promise<LayerListing>;
  read(layer: Layer, part: FilePart, signal: AbortSignal): Promise<Uint8Array>;
}

const LISTINGS = 256 * 1024 ** 2;
const WINDOWS = 64 * 1024 ** 2;
/** Files up to this size are kept whole once they are read beyond their head, as more of them will be asked for. */
const WHOLE_FILE = 16 * 1024 ** 2;

interface Window {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Reads layers from their registry by streaming them, and keeps listings and recently read files in memory. */
export function createStreamedLayers(client: RegistryClient, clock: Clock, deadlines: Deadlines): LayerSource {
  const listings = createLru<LayerListing>(LISTINGS);
  const windows = createLru<Window>(WINDOWS);
  const underWay = new Map<string, Promise<LayerListing>>();

  const fetchListing = async (layer: Layer, signal: AbortSignal): Promise<LayerListing> => {
    const listing = await inLayer(layer, () => listLayer(streamOf(client, layer, signal), layer));
    listings.set(layer.digest, listing, listing.weight);
    return listing;
  };

  return {
    list: async (layer, parent) => {
      const kept = listings.get(layer.digest);
      if (kept) return kept;
      const shared = underWay.get(layer.digest);
      if (shared) {
        const listing = await shared.catch(() => null);
        // Whoever asked first may have given up; that is no answer for us.
        if (listing) return listing;
      }
      const signal = clock.deadline(deadlines.layer, parent);
      const mine = fetchListing(layer, signal).finally(() => {
        if (underWay.get(layer.digest) === mine) underWay.delete(layer.digest);
      });
      underWay.set(layer.digest, mine);
      return mine;
    },
    read: async (layer, part, parent) => {
      const key = `${layer.digest}/${part.ordinal}`;
      const kept = windows.get(key);
      const cut = kept && cutFrom(kept, part);
      if (cut) return cut;
      const signal = clock.deadline(deadlines.layer, parent);
      const wanted = part.size <= WHOLE_FILE ? { offset: 0, length: part.size } : part;
      const bytes = await inLayer(layer, () => readPart(streamOf(client, layer, signal), part.ordinal, wanted));
      const window = { offset: wanted.offset, bytes };
      windows.set(key, window, bytes.length);
      const found = cutFrom(window, part);
      if (found) return found;
      throw problem('invalid', layer.registry, `the layer ${layer.digest} is another one now than when it was listed.`);
    },
  };
}

function streamOf(client: RegistryClient, layer: Layer, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const { registry, repository, digest } = layer;
  return client.stream({ registry, repository, path: `blobs/${digest}`, what: `the layer ${digest}`, signal });
}

/** Goes through the layer until the wanted bytes have come by, and no further. */
async function readPart(
  compressed: AsyncIterable<Uint8Array>,
  ordinal: number,
  wanted: { offset: number; length: number },
): Promise<Uint8Array> {
  let found: Uint8Array = new Uint8Array(0);
  await walkTar(decompress(compressed), {
    entry: (_entry, at) => (at === ordinal ? wanted : null),
    content: (_at, bytes) => {
      found = bytes;
      return true;
    },
  });
  return found;
}

function cutFrom(window: Window, part: FilePart): Uint8Array | null {
  const start = part.offset - window.offset;
  const length = Math.max(Math.min(part.length, part.size - part.offset), 0);
  if (start < 0 || start + length > window.bytes.length) return null;
  return window.bytes.slice(start, start + length);
}

async function inLayer<T>(layer: Layer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LayerFault)) throw error;
    const message = `the layer ${layer.digest} of ${layer.repository} cannot be read: ${error.message}. Push the image again, or look at another digest.`;
    throw problem(error.code, layer.registry, message, error);
  }
}
