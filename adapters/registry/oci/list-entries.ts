import type { IndexEntry, Manifest } from '../../../src/image/manifest.ts';
import type { Reference } from '../../../src/image/reference.ts';
import { problem } from '../../../src/playbook/answer.ts';
import type { Manifests } from './manifests.ts';

type Index = Extract<Manifest, { kind: 'index' }>;

/** Indexes within indexes that are followed, over all and one below the other. */
const MOST_INDEXES = 16;
const DEEPEST = 3;

/** The images of an index in its order, those of indexes within it in their place; attestations left out. Rejects with ProbeError. */
export async function listEntries(
  manifests: Manifests,
  reference: Reference,
  index: Index,
  signal: AbortSignal,
): Promise<readonly IndexEntry[]> {
  let indexes = 0;
  const list = async (here: Index, depth: number): Promise<readonly IndexEntry[]> => {
    const entries: IndexEntry[] = [];
    for (const entry of here.entries) {
      if (entry.role === 'image') entries.push(entry);
      if (entry.role !== 'index') continue;
      if (++indexes > MOST_INDEXES || depth >= DEEPEST) throw tooNested(reference);
      const { manifest } = await manifests.child(reference, entry, signal);
      if (manifest.kind === 'index') entries.push(...(await list(manifest, depth + 1)));
      else entries.push(entry);
    }
    return entries;
  };
  return list(index, 1);
}

function tooNested({ registry }: Reference) {
  const message = `the index holds more indexes within it than any sound one does: more than ${MOST_INDEXES}, or more than ${DEEPEST - 1} one in another. Push the image again with a current tool.`;
  return problem('too-large', registry, message);
}
