import { type LayeredEntry, lookUp } from '../../../../src/image/layered-tree.ts';
import type { FileTree, TreeEntry } from '../../../../src/kernel/file-tree.ts';
import { problem } from '../../../../src/playbook/answer.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
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

/**
 * The files of an image, as a container made from it would see them. Layers are fetched from the top, only as far as an
 * answer needs them, until the signal aborts.
 */
export class ImageFiles implements FileTree {
  readonly #image: LayeredImage;
  readonly #source: LayerSource;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #allVerified = true;

  constructor(image: LayeredImage, source: LayerSource, clock: Clock, signal: AbortSignal) {
    this.#image = image;
    this.#source = source;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Whether all that was read so far is what the layers’ digests stand for. */
  verified(): boolean {
    return this.#allVerified;
  }

  async lstat(path: string): Promise<TreeEntry | null> {
    return (await this.#find(path))?.entry ?? null;
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    try {
      return await this.#read(path, offset, length);
    } catch (error) {
      // The layer is listed anew, by its own bytes.
      if (error instanceof LyingToc) return this.#read(path, offset, length);
      throw error;
    }
  }

  async #read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const found = await this.#find(path);
    const target = this.#image.layers[0]?.registry ?? 'image';
    if (!found?.bytes) throw problem('not-found', target, `${path} is no file of the image, so it has no bytes.`);
    const wanted = Math.max(Math.min(length, found.entry.size - offset), 0);
    if (wanted > LARGEST_READ)
      throw problem('too-large', target, `more than 64 MiB of ${path} were asked for at once.`);
    if (wanted === 0) return new Uint8Array(0);
    const { layer, ordinal } = found.bytes;
    const listing = await this.#list(layer);
    const kept = cutFrom(listing.pieces.get(ordinal) ?? [], offset, wanted);
    if (kept !== null) return kept;
    this.#allVerified = false;
    const part = { ordinal, size: found.entry.size, offset, length: wanted };
    return this.#source.read(this.#layerAt(layer), listing, part, this.#signal);
  }

  async #find(path: string): Promise<LayeredEntry | null> {
    const { layers, copyTargets } = this.#image;
    const search = lookUp(path, layers.length);
    const guess = this.#clock.lifetime();
    try {
      let turn = search.next();
      while (!turn.done) {
        const needed = this.#list(turn.value);
        const ahead = layersAhead(path, turn.value, layers, copyTargets);
        for (const number of ahead.small) this.#fetchEarly(number, this.#signal);
        for (const number of ahead.hinted) this.#fetchEarly(number, guess.signal);
        turn = search.next((await needed).index);
      }
      return turn.value;
    } finally {
      guess.end();
    }
  }

  async #list(number: number): Promise<LayerListing> {
    const listing = await this.#source.list(this.#layerAt(number), this.#signal);
    if (listing.chunks !== null) this.#allVerified = false;
    return listing;
  }

  /** Failures are told when the layer is needed. */
  #fetchEarly(number: number, until: AbortSignal): void {
    this.#source.list(this.#layerAt(number), until).catch(() => undefined);
  }

  #layerAt(number: number): Layer {
    const layer = this.#image.layers[number];
    if (layer === undefined) throw new RangeError(`there is no layer ${number}`);
    return layer;
  }
}
