import { problem } from '../../../../src/playbook/answer.ts';
import type { Layer } from './layer.ts';
import { LayerFault } from './layer-fault.ts';
import type { Chunk } from './layer-listing.ts';
import type { FilePart, LayerSource, LayerSourceParts } from './layer-source.ts';
import { chunkStore } from './lazy-layers.ts';
import { LyingToc } from './lying-toc.ts';
import { cutFrom, type Piece } from './pieces.ts';
import { readChunks } from './read-chunks.ts';
import { gaveUp, inLayer, rangeReader, streamOf } from './read-layer.ts';
import { readStored } from './read-stored.ts';
import { createSharedWork } from './shared-work.ts';

/** Files up to this size are read whole when they are read again beyond what was cut out of them. */
const WHOLE_FILE = 8 * 1024 ** 2;

/** Reads what listings do not hold. */
export function createFileReader(parts: LayerSourceParts): LayerSource['read'] {
  const { client, clock, deadlines, cache, memory } = parts;
  const { windows } = memory;
  const shared = createSharedWork<Piece | null>(clock);

  const byChunks = async (layer: Layer, chunks: readonly Chunk[], part: FilePart, parent: AbortSignal) => {
    const read = rangeReader(client, layer, clock.deadline(deadlines.layer, parent));
    try {
      return await readChunks(chunks, part.offset, part.length, read, chunkStore(layer, cache));
    } catch (error) {
      if (!(error instanceof LayerFault)) throw error;
      memory.distrusted.add(layer.digest);
      memory.listings.delete(layer.digest);
      throw new LyingToc(error);
    }
  };
  const byStream = async (layer: Layer, part: FilePart, signal: AbortSignal) => {
    const name = `${layer.digest}/${part.ordinal}`;
    const kept = windows.get(name);
    const cut = kept && cutFrom([kept], part.offset, part.length);
    if (cut) return cut;
    const wanted = part.size <= WHOLE_FILE ? { offset: 0, length: part.size } : part;
    const fetch = (life: AbortSignal) =>
      inLayer(layer, () =>
        readStored(streamOf(client, layer, clock.deadline(deadlines.layer, life)), part.ordinal, wanted),
      );
    const work = `${name}/${wanted.offset}+${wanted.length}`;
    const window = await shared.run(work, fetch, signal, () => gaveUp(layer));
    if (window !== null) windows.set(name, window, window.bytes.length);
    return window && cutFrom([window], part.offset, part.length);
  };
  return async (layer, listing, part, signal) => {
    const chunks = listing.chunks;
    if (chunks !== null) return byChunks(layer, chunks.get(part.ordinal) ?? [], part, signal);
    const found = await byStream(layer, part, signal);
    if (found) return found;
    throw problem('invalid', layer.registry, `the layer ${layer.digest} is another one now than when it was listed.`);
  };
}
