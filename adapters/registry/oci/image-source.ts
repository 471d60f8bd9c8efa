import { parseReference, type Reference, repositoryName } from '../../../src/image/reference.ts';
import { answerOf } from '../../../src/playbook/answer.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import { credentialFinder } from './credentials.ts';
import { createExchange } from './exchange.ts';
import { fetchConfig, fetchManifest, fetchTags } from './fetch-manifest.ts';
import { type ImageStore, openIn, resolveIn } from './image-store.ts';
import { createStreamedLayers, type LayerSource } from './layer-source.ts';
import { createLogins } from './log-in.ts';
import { DEFAULT_DEADLINES, type ImageSourceOptions } from './options.ts';
import { problem } from './problem.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';

/**
 * Images in OCI registries, read without pulling them. The signal given to `open` also ends the reading of the opened
 * image's files.
 */
export function createImageSource(options: ImageSourceOptions): ImageSource {
  const deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines };
  const { clock, registries } = options;
  const exchange = createExchange();
  const logins = createLogins(exchange, credentialFinder(options, deadlines), clock);
  const client = createRegistryClient({ registries, exchange, logins, clock, deadlines });
  const layers = createStreamedLayers(client, clock, deadlines);
  const storeFor = (reference: Reference) => storeOf(client, layers, reference);
  return {
    resolve: (text, signal) =>
      answerOf(async () => {
        const reference = readReference(text);
        return resolveIn(storeFor(reference), reference.written, signal);
      }),
    open: (text, platform, signal) => answerOf(() => openIn(storeFor(readReference(text)), platform, signal)),
    tags: (repository, signal) => answerOf(() => fetchTags(client, readReference(repository), signal)),
  };
}

function readReference(text: string): Reference {
  const result = parseReference(text);
  if (result.kind === 'reference') return result.reference;
  throw problem('invalid', text, `this is no image reference: ${result.reason}. Write it as for docker pull.`);
}

/** What a person wrote: the digest, which wins, or the tag. */
const nameIn = (reference: Reference): string => reference.digest ?? reference.tag ?? 'latest';

function storeOf(client: RegistryClient, layers: LayerSource, reference: Reference): ImageStore {
  const { registry, repository } = reference;
  return {
    target: registry,
    name: `${repositoryName(reference)}:${nameIn(reference)}`,
    root: (signal) => fetchManifest(client, reference, nameIn(reference), signal),
    manifest: (digest, signal) => fetchManifest(client, reference, digest, signal),
    config: (descriptor, signal) => fetchConfig(client, reference, descriptor, signal),
    layer: ({ digest, size }) => ({ registry, repository, digest, size }),
    layers,
  };
}
