import type { TreeEntry } from '../kernel/file-tree.ts';
import type { EntryFacts } from './entry-table.ts';
import { isDirectory, type LayerDirectory, type LayerIndex, type LayerNode } from './layer-index.ts';

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
 * is given that layer; it asks for no more than the answer takes. Paths are absolute and physical (see FileTree).
 */
export function* lookUp(path: string, layers: number): Generator<number, LayeredEntry | null, LayerIndex> {
  let parts = path.split('/').filter((part) => part !== '');
  // The root is the container's own directory, 0755 and root's whatever the layers say of it (measured with overlay2).
  if (parts.length === 0) return MADE_BY_RUNTIME;
  let isInside = false;
  let link: EntryFacts | null = null;
  for (let layer = layers - 1; layer >= 0; layer--) {
    const index: LayerIndex = yield layer;
    const { node, final } = lookInto(index.root, parts);
    if (isDirectory(node)) {
      isInside = true;
      if (node.entry !== null) return directoryOf(index.entries.at(node.entry));
    } else if (isInside) {
      // A directory above hides whatever else has its name here.
      if (node !== null) break;
    } else if (typeof node === 'number') {
      return leafOf(linked(index.entries.at(node), link), layer, node);
    } else if (node !== null) {
      parts = [...node.to];
      link ??= index.entries.at(node.entry);
      continue;
    }
    if (final) break;
  }
  return isInside ? MADE_BY_RUNTIME : null;
}

/** Runs `lookUp` over layers that are at hand, lowest first. */
export function lookUpIn(path: string, layers: readonly LayerIndex[]): LayeredEntry | null {
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
    final ||= here.whiteouts?.has(name) === true;
    const node = here.children.get(name);
    if (node === undefined) return { node: null, final };
    if (!isDirectory(node)) {
      // Something that is no directory in the middle of the path hides everything below it.
      return depth === parts.length - 1 ? { node, final } : { node: null, final: true };
    }
    here = node;
    final ||= node.opaque;
  }
  return { node: here, final };
}

/** A file under a name that an upper layer gave it by a hard link, which sets mode and owner; symbolic links have no mode. */
function linked(file: EntryFacts, link: EntryFacts | null): EntryFacts {
  if (link === null) return file;
  return { ...file, mode: file.kind === 'symlink' ? file.mode : link.mode, uid: link.uid, gid: link.gid };
}

function directoryOf({ mode, uid, gid }: EntryFacts): LayeredEntry {
  return { entry: { kind: 'directory', mode, uid, gid, size: 0 }, bytes: null };
}

/**
 * A directory that no layer has an entry for was made by the runtime. (One that only a lower layer has an entry for keeps
 * that mode, as containerd does; Docker's overlay2 makes it 0755 anew.)
 */
const MADE_BY_RUNTIME: LayeredEntry = {
  entry: { kind: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 },
  bytes: null,
};

function leafOf({ kind, mode, uid, gid, size, target }: EntryFacts, layer: number, ordinal: number): LayeredEntry {
  if (kind === 'symlink') {
    const text = target ?? '';
    const length = new TextEncoder().encode(text).length;
    return { entry: { kind, mode: 0o777, uid, gid, size: length, target: text }, bytes: null };
  }
  if (kind !== 'file') return { entry: { kind: 'other', mode, uid, gid, size: 0 }, bytes: null };
  return { entry: { kind, mode, uid, gid, size }, bytes: { layer, ordinal } };
}
