import type { TreeEntry } from '../kernel/file-tree.ts';
import { type EntryFacts, type LayerDirectory, type LayerNode, linkedFacts } from './layer-index.ts';

/** What stands at a path of an image. */
export interface LayeredEntry {
  readonly entry: TreeEntry;
  /** Where a regular file's bytes are; null for everything else. */
  readonly bytes: FileBytes | null;
}

export interface FileBytes {
  /** The number of the layer, 0 being the lowest. */
  readonly layer: number;
  /** The place of the entry among the layer's entries: its path alone may stand there twice. */
  readonly ordinal: number;
}

/**
 * Looks a path up in an image of `layers` layers. It yields the number of each layer it needs to see, from the top, and
 * is given that layer's tree; it asks for no more than the answer takes. Paths are absolute and physical (see FileTree).
 */
export function* lookUp(path: string, layers: number): Generator<number, LayeredEntry | null, LayerDirectory> {
  let parts = path.split('/').filter((part) => part !== '');
  // The root is the container's own directory, 0755 and root's whatever the layers say of it (measured with overlay2).
  if (parts.length === 0) return directoryOf(null);
  let found: LayerDirectory | null = null;
  let link: EntryFacts | null = null;
  for (let layer = layers - 1; layer >= 0; layer--) {
    const sight = lookInto(yield layer, parts);
    const node = sight.node;
    if (node?.kind === 'directory') {
      found ??= node;
      if (node.entry !== null) return directoryOf(node.entry);
    } else if (found !== null) {
      // A directory above hides whatever else has its name here.
      if (node !== null) break;
    } else if (node?.kind === 'leaf') {
      return leafOf(link === null ? node.entry : linkedFacts(node.entry, link), layer, node.ordinal);
    } else if (node?.kind === 'lower-link') {
      parts = [...node.to];
      link ??= node.entry;
      continue;
    }
    if (sight.final) break;
  }
  return found === null ? null : directoryOf(found.entry);
}

/** Runs `lookUp` over trees that are at hand, lowest first. */
export function lookUpIn(path: string, layers: readonly LayerDirectory[]): LayeredEntry | null {
  const search = lookUp(path, layers.length);
  let turn = search.next();
  while (!turn.done) {
    const layer = layers[turn.value];
    if (layer === undefined) throw new RangeError(`there is no layer ${turn.value}`);
    turn = search.next(layer);
  }
  return turn.value;
}

/** What one layer has at a path, and whether lower layers have nothing to say about it any more. */
function lookInto(root: LayerDirectory, parts: readonly string[]): { node: LayerNode | null; final: boolean } {
  let here = root;
  let final = false;
  for (const [depth, name] of parts.entries()) {
    final ||= here.whiteouts.has(name);
    const node = here.children.get(name);
    if (node === undefined) return { node: null, final };
    if (node.kind !== 'directory') {
      // Something that is no directory in the middle of the path hides everything below it.
      return depth === parts.length - 1 ? { node, final } : { node: null, final: true };
    }
    here = node;
    final ||= node.opaque;
  }
  return { node: here, final };
}

/**
 * A directory that no layer has an entry for was made by the runtime: 0755, of root. (One that only a lower layer has an
 * entry for keeps that mode, as containerd does; Docker's overlay2 makes it 0755 anew.)
 */
function directoryOf(entry: EntryFacts | null): LayeredEntry {
  const { mode, uid, gid } = entry ?? { mode: 0o755, uid: 0, gid: 0 };
  return { entry: { kind: 'directory', mode, uid, gid, size: 0 }, bytes: null };
}

function leafOf(entry: EntryFacts, layer: number, ordinal: number): LayeredEntry {
  const { mode, uid, gid, size } = entry;
  if (entry.kind === 'symlink') {
    const target = entry.target ?? '';
    const length = new TextEncoder().encode(target).length;
    return { entry: { kind: 'symlink', mode: 0o777, uid, gid, size: length, target }, bytes: null };
  }
  if (entry.kind !== 'file') return { entry: { kind: 'other', mode, uid, gid, size: 0 }, bytes: null };
  return { entry: { kind: 'file', mode, uid, gid, size }, bytes: { layer, ordinal } };
}
