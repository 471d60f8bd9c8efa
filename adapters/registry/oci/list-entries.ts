import type { Manifest } from '../../../src/image/manifest.ts';
import type { PublishedEntry } from '../../../src/image/published.ts';
import type { Reference } from '../../../src/image/reference.ts';
import { fetchManifest } from './fetch-manifest.ts';
import { problem } from './problem.ts';
import type { RegistryClient } from './registry-client.ts';

type Index = Extract<Manifest, { kind: 'index' }>;

/** Indexes within indexes that are followed, over all and one below the other. */
const MOST_INDEXES = 16;
const DEEPEST = 3;

/** The images of an index in its order, those of indexes within it in their place; attestations left out. Rejects with ProbeError. */
export async function listEntries(
  client: RegistryClient,
  reference: Reference,
  index: Index,
  signal: AbortSignal,
): Promise<readonly PublishedEntry[]> {
  let indexes = 0;
  const list = async (here: Index, depth: number): Promise<readonly PublishedEntry[]> => {
    const entries: PublishedEntry[] = [];
    for (const { role, platform, digest } of here.entries) {
      if (role === 'image') entries.push({ platform, digest });
      if (role !== 'index') continue;
      if (++indexes > MOST_INDEXES || depth >= DEEPEST) {
        throw problem(
          'too-large',
          reference.registry,
          'the index holds more indexes within it than any sound one does.',
        );
      }
      const { manifest } = await fetchManifest(client, reference, digest, signal);
      if (manifest.kind === 'index') entries.push(...(await list(manifest, depth + 1)));
      else entries.push({ platform, digest });
    }
    return entries;
  };
  return list(index, 1);
}
