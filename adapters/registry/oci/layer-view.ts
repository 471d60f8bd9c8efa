import type { LayerDirectory, LayerLeaf } from '../../../src/image/layer-index.ts';
import { lookUp } from '../../../src/image/layered-tree.ts';
import { identifyFile } from '../../../src/kernel/identify-file.ts';
import type { LayerProgram, LayerView } from '../../../src/ports/image-source.ts';
import type { Layer, LayerSource } from './layer-source.ts';
import { problem } from './problem.ts';

const MOST_PROGRAMS = 1000;
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
      while (!turn.done) turn = search.next((await source.list(layerAt(layers, turn.value), signal)).root);
      const bytes = turn.value?.bytes;
      return bytes ? layerAt(layers, bytes.layer).digest : null;
    },
    programsIn: async (digest) => {
      const layer = layers.find((each) => each.digest === digest);
      if (layer === undefined) throw problem('not-found', digest, 'the image has no such layer.');
      if ((layer.size ?? 0) > LARGEST_LAYER) throw problem('too-large', layer.registry, 'it is larger than 256 MiB.');
      return programsIn(layer, source, signal);
    },
  };
}

function layerAt(layers: readonly Layer[], number: number): Layer {
  const layer = layers[number];
  if (layer === undefined) throw new RangeError(`there is no layer ${number}`);
  return layer;
}

async function programsIn(layer: Layer, source: LayerSource, signal: AbortSignal): Promise<readonly LayerProgram[]> {
  const { root, heads, sparse } = await source.list(layer, signal);
  const programs: LayerProgram[] = [];
  for (const [path, { entry, ordinal }] of executables(root, '')) {
    if (programs.length >= MOST_PROGRAMS) break;
    if (sparse.has(ordinal) || entry.size < HEAD) continue;
    const part = { ordinal, size: entry.size, offset: 0, length: HEAD };
    const head = heads.get(ordinal) ?? (await source.read(layer, part, signal));
    const { kind, architecture } = identifyFile(head, entry.size);
    if (kind === 'elf') programs.push({ path, architecture });
  }
  return programs;
}

/** The files of a layer that somebody may execute, with their paths. */
function* executables(here: LayerDirectory, above: string): Generator<readonly [string, LayerLeaf]> {
  for (const [name, node] of here.children) {
    const path = `${above}/${name}`;
    if (node.kind === 'directory') yield* executables(node, path);
    else if (node.kind === 'leaf' && node.entry.kind === 'file' && node.entry.mode & MAY_EXECUTE) yield [path, node];
  }
}
