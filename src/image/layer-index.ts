import { type LayerEntry, LayerError, splitEntryPath } from './layer-entry.ts';

/** What an entry says of the file itself, whatever it is called. */
export type EntryFacts = Omit<LayerEntry, 'path'>;

/** A directory of one layer. `entry` is null when only things below it were written: then lower layers tell its mode. */
export interface LayerDirectory {
  readonly kind: 'directory';
  entry: EntryFacts | null;
  /** `.wh..wh..opq`: nothing of lower layers shows in it. */
  opaque: boolean;
  readonly children: Map<string, LayerNode>;
  /** `.wh.<name>`: what lower layers have by these names is gone. */
  readonly whiteouts: Set<string>;
}

/** A file, symbolic link or device; two names of one file share a leaf. `ordinal` is the place of its entry in the tar. */
export interface LayerLeaf {
  readonly kind: 'leaf';
  entry: EntryFacts;
  readonly ordinal: number;
}

/** A hard link to something that this layer does not hold: it is a lower layer's file. */
export interface LowerLink {
  readonly kind: 'lower-link';
  /** The file has the mode and the owner of this entry from here on. */
  readonly entry: EntryFacts;
  readonly to: readonly string[];
}

export type LayerNode = LayerDirectory | LayerLeaf | LowerLink;

/** What unpacking one layer leaves behind, by its tree. */
export type LayerIndexResult =
  | { readonly kind: 'index'; readonly root: LayerDirectory }
  | { readonly kind: 'invalid'; readonly reason: string };

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Other names of AUFS's own, which runtimes leave out. */
const AUFS_META = '.wh..wh.';
const MOST_LINKS = 40;

/** A layer that is being unpacked. */
export interface LayerIndexer {
  /** Unpacks the next entry of the archive. Throws LayerError when no runtime could. */
  add(entry: LayerEntry): void;
  readonly root: LayerDirectory;
}

/** Unpacks the entries of a layer, in the archive's order, into a tree of their own: the last one of a name stands. */
export function layerIndexer(): LayerIndexer {
  const root = directory(null);
  let ordinal = 0;
  return { root, add: (entry) => addEntry(root, entry, ordinal++) };
}

/** Unpacks a whole layer whose entries are at hand. */
export function indexLayer(entries: Iterable<LayerEntry>): LayerIndexResult {
  const { add, root } = layerIndexer();
  try {
    for (const entry of entries) add(entry);
    return { kind: 'index', root };
  } catch (error) {
    if (error instanceof LayerError) return { kind: 'invalid', reason: error.message };
    throw error;
  }
}

/** Paths are told by the tree; without them a layer of many entries takes half the memory. */
const factsOf = ({ kind, mode, uid, gid, size, target }: LayerEntry): EntryFacts => ({
  kind,
  mode,
  uid,
  gid,
  size,
  target,
});

function directory(entry: EntryFacts | null): LayerDirectory {
  return { kind: 'directory', entry, opaque: false, children: new Map(), whiteouts: new Set() };
}

function addEntry(root: LayerDirectory, entry: LayerEntry, ordinal: number): void {
  const path = splitEntryPath(entry.path);
  const name = path.at(-1);
  if (name === undefined) {
    if (entry.kind === 'directory') root.entry = factsOf(entry);
    return;
  }
  const parent = makeDirectory(root, path.slice(0, -1), entry);
  if (name.startsWith(WHITEOUT)) {
    addWhiteout(root, parent, name, entry);
    return;
  }
  // The entry takes the whiteout's place. Lower content of a directory shows again then, as measured with Docker's overlay2.
  parent.whiteouts.delete(name);
  const there = parent.children.get(name);
  if (entry.kind === 'directory' && there?.kind === 'directory') there.entry = factsOf(entry);
  else parent.children.set(name, nodeOf(root, entry, ordinal));
}

/**
 * Whiteouts speak of lower layers only, wherever in the archive they stand (OCI image-spec layer.md); what the same
 * layer has by that name stays. The root cannot be made opaque: overlayfs does not look for the mark there (measured).
 */
function addWhiteout(root: LayerDirectory, parent: LayerDirectory, name: string, entry: LayerEntry): void {
  if (name === OPAQUE) {
    parent.opaque = parent !== root;
    return;
  }
  if (name.startsWith(AUFS_META)) return;
  const hidden = name.slice(WHITEOUT.length);
  if (hidden === '' || hidden === '.' || hidden === '..') {
    throw new LayerError(`the whiteout ${JSON.stringify(entry.path)} names no file`);
  }
  parent.whiteouts.add(hidden);
}

function nodeOf(root: LayerDirectory, entry: LayerEntry, ordinal: number): LayerNode {
  if (entry.kind === 'directory') return directory(factsOf(entry));
  if (entry.kind !== 'hardlink') return { kind: 'leaf', entry: factsOf(entry), ordinal };
  const to = splitEntryPath(entry.target ?? '');
  const parent = findDirectory(root, to.slice(0, -1));
  const there = parent?.children.get(to.at(-1) ?? '');
  if (there === undefined) return { kind: 'lower-link', entry: factsOf(entry), to };
  if (there.kind === 'directory') {
    throw new LayerError(`the hard link ${JSON.stringify(entry.path)} leads to a directory`);
  }
  if (there.kind === 'leaf') there.entry = linkedFacts(there.entry, entry);
  return there;
}

/**
 * What a file is after another name was given to it: runtimes set the mode and the owner that the link's entry states
 * (Docker pkg/archive, handleLChmod; measured). A symbolic link has no mode of its own.
 */
export const linkedFacts = (file: EntryFacts, link: Omit<EntryFacts, 'kind'>): EntryFacts => ({
  ...file,
  mode: file.kind === 'symlink' ? file.mode : link.mode,
  uid: link.uid,
  gid: link.gid,
});

function findDirectory(root: LayerDirectory, path: readonly string[]): LayerDirectory | null {
  return walkDirectories(root, path, () => null);
}

/** The directory at a path, made where it is missing; `entry` is what is put into it. */
function makeDirectory(root: LayerDirectory, path: readonly string[], entry: LayerEntry): LayerDirectory {
  const made = walkDirectories(root, path, (parent, name) => {
    if (parent.children.has(name)) return null;
    const fresh = directory(null);
    parent.children.set(name, fresh);
    return fresh;
  });
  if (made !== null) return made;
  throw new LayerError(`the entry ${JSON.stringify(entry.path)} lies below something that is no directory`);
}

/**
 * Walks down to a directory, through the symbolic links of this same layer, which never lead out of it (runtimes unpack
 * each layer for itself in a chroot). Links of lower layers are not seen: a layer with `bin/x` over one with the link
 * `bin → usr/bin` makes a directory `bin` that hides the link, as overlay drivers do. Null when something else is in the way.
 */
function walkDirectories(
  root: LayerDirectory,
  path: readonly string[],
  missing: (parent: LayerDirectory, name: string) => LayerDirectory | null,
): LayerDirectory | null {
  const stack = [root];
  const ahead = [...path].reverse();
  let links = 0;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    const here = stack.at(-1) ?? root;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (stack.length > 1) stack.pop();
      continue;
    }
    const node = here.children.get(name);
    if (node?.kind === 'leaf' && node.entry.kind === 'symlink') {
      if (++links > MOST_LINKS) return null;
      const target = node.entry.target ?? '';
      if (target.startsWith('/')) stack.length = 1;
      ahead.push(...target.split('/').reverse());
      continue;
    }
    const next = node?.kind === 'directory' ? node : missing(here, name);
    if (next === null) return null;
    stack.push(next);
  }
  return stack.at(-1) ?? root;
}
