import { ProbeError, problem } from '../../../../src/playbook/answer.ts';
import type { RegistryClient } from '../registry-client.ts';
import type { Layer, ReadRange } from './layer.ts';
import { LayerFault } from './layer-fault.ts';

/** How often a layer is taken up again where its connection broke. */
export const MOST_RESUMPTIONS = 5;

/** How often a layer was taken up again, and may be. */
export interface Breaks {
  resumed: number;
  readonly most: number;
}

/**
 * The compressed bytes of a layer, all of them. Where the connection breaks they go on by a range of what is left. Whoever
 * reads them compares the digest, so it does not matter who served which part.
 */
export async function* streamOf(
  client: RegistryClient,
  layer: Layer,
  signal: AbortSignal,
  breaks: Breaks = { resumed: 0, most: MOST_RESUMPTIONS },
): AsyncGenerator<Uint8Array> {
  const ask = { ...askFor(layer), signal };
  let at = 0;
  let source: AsyncIterable<Uint8Array> = client.stream(ask);
  for (let before = 0; ; before = at) {
    try {
      for await (const chunk of source) {
        at += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      const broke = error instanceof ProbeError && error.why.code === 'unreachable';
      const isStuck = at === before || breaks.resumed >= breaks.most;
      if (!broke || isStuck || layer.size === null || at >= layer.size) throw error;
      const rest = await client.part(ask, { from: at, to: layer.size - 1 });
      if (rest.kind !== 'part') throw error;
      source = rest.bytes;
      breaks.resumed++;
    }
  }
}

/** Reads ranges of a layer. A registry that cannot do that is a LayerFault: then the layer is read as a whole. */
export function rangeReader(client: RegistryClient, layer: Layer, signal: AbortSignal): ReadRange {
  return async function* (from, to) {
    try {
      const part = await client.part({ ...askFor(layer), signal }, { from, to: to - 1 });
      if (part.kind !== 'part') throw new LayerFault('unsupported', 'its registry serves no parts of it');
      yield* part.bytes;
    } catch (error) {
      if (!(error instanceof ProbeError) || error.why.code !== 'invalid') throw error;
      throw new LayerFault('unsupported', 'its registry serves other parts of it', { cause: error });
    }
  };
}

const askFor = ({ registry, repository, digest }: Layer) => ({
  registry,
  repository,
  path: `blobs/${digest}`,
  what: `the layer ${digest}`,
});

/** Gives a fault of a layer's bytes the layer's name. */
export async function inLayer<T>(layer: Layer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LayerFault)) throw error;
    const message = `the layer ${layer.digest} of ${layer.repository} cannot be read: ${error.message}. Push the image again, or look at another digest.`;
    throw problem(error.code, layer.registry, message, error);
  }
}

/** What a caller is told whose time was up while a layer was read. */
export const gaveUp = (layer: Layer): ProbeError =>
  problem(
    'timeout',
    layer.registry,
    `the layer ${layer.digest} did not come in the time there was. Try again, or see whether the registry is slow.`,
  );
