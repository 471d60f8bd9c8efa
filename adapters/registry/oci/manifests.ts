import type { ImageConfig } from '../../../src/image/config.ts';
import type { Descriptor } from '../../../src/image/manifest.ts';
import type { Reference } from '../../../src/image/reference.ts';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { DiskCache } from './layers/disk-cache.ts';
import { createLru } from './lru.ts';
import { readImageConfig } from './read-config.ts';
import { type FetchedManifest, manifestAsk, readManifest } from './read-manifest.ts';
import type { RegistryClient } from './registry-client.ts';
import type { Expected } from './verify-bytes.ts';

/** Manifests and configurations; those that are known by their digest are asked for once. Rejects with ProbeError. */
export interface Manifests {
  /** What a reference names now: its digest, which wins, or its tag. The registry is asked each time, if only by HEAD. */
  named(reference: Reference, signal: AbortSignal): Promise<FetchedManifest>;
  /** What a manifest or an index of the same repository points to. */
  child(reference: Reference, expected: Expected, signal: AbortSignal): Promise<FetchedManifest>;
  config(reference: Reference, descriptor: Descriptor, signal: AbortSignal): Promise<ImageConfig>;
}

const KEPT_BYTES = 32 * 1024 ** 2;
const KEPT_TAGS = 10_000;
/** How an answer to HEAD fails where GET may do better: some servers do not know HEAD. */
const HEAD_IN_VAIN = ['not-found', 'invalid', 'unsupported'];

export function createManifests(client: RegistryClient, cache: DiskCache): Manifests {
  const manifests = createLru<FetchedManifest>(KEPT_BYTES);
  const configs = createLru<ImageConfig>(KEPT_BYTES);
  const tags = createLru<string>(KEPT_TAGS);
  const keyOf = ({ registry, repository }: Reference, name: string) => `${registry}/${repository} ${name}`;

  const fetch = async (reference: Reference, name: string, signal: AbortSignal, expected?: Expected) => {
    const { bytes, ...fetched } = await readManifest(client, reference, manifestAsk(reference, name, signal), expected);
    manifests.set(keyOf(reference, fetched.digest), fetched, bytes);
    return fetched;
  };

  return {
    named: async (reference, signal) => {
      const { digest, tag } = reference;
      const name = digest ?? tag ?? 'latest';
      const known = digest ?? tags.get(keyOf(reference, name));
      const kept = known === undefined ? undefined : manifests.get(keyOf(reference, known));
      const now = kept && (await headOf(client, reference, name, signal));
      if (kept && now && now.digest === kept.digest) return { ...kept, servedBy: now.servedBy };
      const fetched = await fetch(reference, name, signal, digest === null ? undefined : { digest, size: null });
      if (digest === null) tags.set(keyOf(reference, name), fetched.digest, 1);
      return fetched;
    },
    child: async (reference, { digest, size }, signal) =>
      manifests.get(keyOf(reference, digest)) ?? fetch(reference, digest, signal, { digest, size }),
    config: async (reference, { digest, size }, signal) => {
      const kept = configs.get(keyOf(reference, digest));
      if (kept) return kept;
      const { config, weight } = await readImageConfig({ client, cache }, reference, { digest, size }, signal);
      configs.set(keyOf(reference, digest), config, weight);
      return config;
    },
  };
}

/** What the registry says without sending it; null when it does not say. Docker Hub counts no pull for it. */
async function headOf(client: RegistryClient, reference: Reference, name: string, signal: AbortSignal) {
  try {
    const { headers, servedBy } = await client.head(manifestAsk(reference, name, signal));
    const digest = headers['docker-content-digest'];
    return typeof digest === 'string' ? { digest, servedBy } : null;
  } catch (error) {
    if (error instanceof ProbeError && HEAD_IN_VAIN.includes(error.why.code)) return null;
    throw error;
  }
}
