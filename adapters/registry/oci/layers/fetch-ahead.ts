import { hintedLayer } from '../../../../src/image/layer-hints.ts';
import type { Layer } from './layer.ts';

/** A layer of this size costs less than the time it takes to ask for it. Bytes. */
const SMALL = 16 * 1024;
const MOST_SMALL = 4;
/** Layers that are fetched beside the one that is needed now: each takes a core and some 20 MB. */
const MOST_HINTED = 1;
/** Where programs name their loaders; these come with the lowest layer of nearly every image. */
const LOADER_FOLDER = /^\/lib(?:64|32|x32)?$/;

/** Numbers of layers that are worth to be fetched while layer `now` is. Guesses: they change when, never what is answered. */
export interface Ahead {
  /** So small that they are fetched to their end in any case. */
  readonly small: readonly number[];
  /** Given up as soon as the answer is there without them. */
  readonly hinted: readonly number[];
}

/** What to fetch ahead of need when `path` is looked up and layer `now` is being waited for. */
export function layersAhead(
  path: string,
  now: number,
  layers: readonly Layer[],
  targets: readonly (string | null)[],
): Ahead {
  const small: number[] = [];
  for (let at = now - 1; at >= 0 && small.length < MOST_SMALL && isSmall(layers[at]); at--) small.push(at);
  const hint = LOADER_FOLDER.test(path) ? 0 : targets.length === layers.length ? hintedLayer(path, targets) : null;
  const hinted: number[] = [];
  for (let at = now - 1; hint !== null && at >= hint && hinted.length < MOST_HINTED; at--) {
    if (!small.includes(at)) hinted.push(at);
  }
  return { small, hinted };
}

const isSmall = (layer: Layer | undefined): boolean =>
  layer !== undefined && layer.size !== null && layer.size <= SMALL;
