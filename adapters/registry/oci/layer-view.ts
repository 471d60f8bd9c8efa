import { isDirectory, type LayerDirectory } from '../../../src/image/layer-index.ts';
import { lookUp } from '../../../src/image/layered-tree.ts';
import { identifyFile } from '../../../src/kernel/identify-file.ts';
import { problem } from '../../../src/playbook/answer.ts';
import type { LayerProgram, LayerView } from '../../../src/ports/image-source.ts';
import type { Layer } from './layers/layer.ts';
import type { LayerSource } from './layers/layer-source.ts';
import { LyingToc } from './layers/lying-toc.ts';
import { cutFrom } from './layers/pieces.ts';

const MOST_PROGRAMS = 1000;
/** Files whose beginning was not kept when the layer was listed; each of these may cost another pass. */
const MOST_READS = 50;
/** Enough of a file for its ELF header. */
const HEAD = 64;
const MAY_EXECUTE = 0o111;
/** Compressed bytes of a layer that are read for its programs; a layer of models or data must not hold a pipeline up. */
const LARGEST_LAYER = 256 * 1024 ** 2;

/** An image by its layers, lowest first; read as far as an answer needs, until the signal aborts. */
export function layerView(layers: readonly Layer[], source: LayerSource, signal: AbortSignal): LayerView {
  return {
    layerOf: async (path) => {
      const search = lookUp(path, layers.length);
      let turn = search.next();
      while (!turn.done) turn = search.next((await source.list(layerAt(layers, turn.value), signal)).index);
      const bytes = turn.value?.bytes;
      return bytes ? layerAt(layers, bytes.layer).digest : null;
    },
    programsIn: async (digest) => {
      const layer = layers.find((each) => each.digest === digest);
      if (layer === undefined) throw problem('not-found', digest, 'the image has no such layer.');
      if ((layer.size ?? 0) > LARGEST_LAYER) throw problem('too-large', layer.registry, 'it is larger than 256 MiB.');
      try {
        return await programsIn(layer, source, signal);
      } catch (error) {
        // The layer is listed anew, by its own bytes.
        if (error instanceof LyingToc) return programsIn(layer, source, signal);
        throw error;
      }
    },
  };
}

function layerAt(layers: readonly Layer[], number: number): Layer {
  const layer = layers[number];
  if (layer === undefined) throw new RangeError(`there is no layer ${number}`);
  return layer;
}

async function programsIn(layer: Layer, source: LayerSource, signal: AbortSignal): Promise<readonly LayerProgram[]> {
  const listing = await source.list(layer, signal);
  const { entries, root } = listing.index;
  const programs: LayerProgram[] = [];
  let reads = 0;
  for (const [path, ordinal] of filesOf(root, '')) {
    const { kind, mode, size } = entries.at(ordinal);
    if (kind !== 'file' || !(mode & MAY_EXECUTE) || size < HEAD) continue;
    if (programs.length >= MOST_PROGRAMS) break;
    const kept = cutFrom(listing.pieces.get(ordinal) ?? [], 0, HEAD);
    if (kept === null && ++reads > MOST_READS) continue;
    const part = { ordinal, size, offset: 0, length: HEAD };
    const head = kept ?? (await source.read(layer, listing, part, signal));
    const found = identifyFile(head, size);
    if (found.kind === 'elf') programs.push({ path, architecture: found.architecture });
  }
  return programs;
}

/** The entries of a layer that are no directories, with their paths. */
function* filesOf(here: LayerDirectory, above: string): Generator<readonly [string, number]> {
  for (const [name, node] of here.children) {
    const path = `${above}/${name}`;
    if (isDirectory(node)) yield* filesOf(node, path);
    else if (typeof node === 'number') yield [path, node];
  }
}
