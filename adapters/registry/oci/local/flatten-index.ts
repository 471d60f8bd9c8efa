import type { PublishedEntry } from '../../../../src/image/published.ts';
import { problem } from '../../../../src/playbook/answer.ts';
import type { ImageManifest } from './accept-manifest.ts';
import type { ImageStore } from './image-store.ts';

type Index = Extract<ImageManifest, { kind: 'index' }>;

/** Indexes within indexes that are followed, over all and one below the other. */
const MOST_INDEXES = 16;
const DEEPEST = 3;

/** The images of an index in its order, those of indexes within it in their place; attestations left out. Rejects with ProbeError. */
export async function flattenIndex(
  store: Pick<ImageStore, 'target' | 'manifest'>,
  index: Index,
  signal: AbortSignal,
): Promise<readonly PublishedEntry[]> {
  let indexes = 0;
  const flatten = async (here: Index, depth: number): Promise<readonly PublishedEntry[]> => {
    const entries: PublishedEntry[] = [];
    for (const { role, platform, digest } of here.entries) {
      if (role === 'image') entries.push({ platform, digest });
      if (role !== 'index') continue;
      if (++indexes > MOST_INDEXES || depth >= DEEPEST) {
        throw problem('too-large', store.target, 'its index holds more indexes within it than any sound one does.');
      }
      const { manifest } = await store.manifest(digest, signal);
      if (manifest.kind === 'index') entries.push(...(await flatten(manifest, depth + 1)));
      else entries.push({ platform, digest });
    }
    return entries;
  };
  return flatten(index, 1);
}
