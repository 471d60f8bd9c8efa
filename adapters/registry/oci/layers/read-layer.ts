import { ProbeError } from '../../../../src/playbook/answer.ts';
import { problem } from '../problem.ts';
import type { RegistryClient } from '../registry-client.ts';
import type { Layer, ReadRange } from './layer.ts';
import { LayerFault } from './layer-fault.ts';

/** The compressed bytes of a layer, all of them. */
export function streamOf(client: RegistryClient, layer: Layer, signal: AbortSignal): AsyncIterable<Uint8Array> {
  return client.stream({ ...askFor(layer), signal });
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
