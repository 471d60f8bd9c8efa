import { EntryTable } from './entry-table.ts';
import { type LayerEntry, LayerError, splitEntryPath } from './layer-entry.ts';

/** A directory of one layer. Without an entry only things below it were written: then lower layers tell its mode. */
export interface LayerDirectory {
  readonly kind: 'directory';
  /** The ordinal of its entry, or null. */
  entry: number | null;
  /** `.wh..wh..opq`: nothing of lower layers shows in it. */
  opaque: boolean;
  readonly children: Map<string, LayerNode>;
  /** `.wh.<name>`: what lower layers have by these names is gone. Null when there are none. */
  whiteouts: Set<string> | null;
}

/** A hard link to something that this layer does not hold: it is a lower layer's file. */
export interface LowerLink {
  readonly kind: 'lower-link';
  /** The ordinal of the link's entry: the file has its mode and owner from here on. */
  readonly entry: number;
  readonly to: readonly string[];
}

/**
 * What stands at a path of a layer. A number is the ordinal of the entry of a file, symbolic link or device: its place in
 * the archive. Two names of one file share it.
 */
export type LayerNode = LayerDirectory | LowerLink | number;

/** What unpacking one layer leaves behind. */
export interface LayerIndex {
  readonly root: LayerDirectory;
  readonly entries: EntryTable;
}

export type LayerIndexResult =
  | { readonly kind: 'index'; readonly index: LayerIndex }
  | { readonly kind: 'invalid'; readonly reason: string };

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Other names of AUFS's own, which runtimes leave out. */
const AUFS_META = '.wh..wh.';
const MOST_LINKS = 40;

/** A layer that is being unpacked, in the archive's order: the last entry of a name stands. */
export class LayerIndexer implements LayerIndex {
  readonly root = directory(null);
  readonly entries = new EntryTable();
  /** Where the entry before was put, as neighbours mostly follow each other; forgotten when anything is replaced. */
  #last: { readonly path: string; readonly parent: LayerDirectory } | null = null;

  /** Unpacks the next entry of the archive. Throws LayerError when no runtime could. */
  add(entry: LayerEntry): void {
    const ordinal = this.entries.add(entry);
    const place = this.#placeOf(entry);
    if (place === null) return;
    const { parent, name } = place;
    if (name.startsWith(WHITEOUT)) {
      this.#addWhiteout(parent, name, entry);
      return;
    }
    // The entry takes the whiteout's place. Lower content of a directory shows again then, as measured with Docker's overlay2.
    parent.whiteouts?.delete(name);
    const there = entry.kind === 'directory' ? parent.children.get(name) : undefined;
    if (isDirectory(there)) there.entry = ordinal;
    else {
      if (parent.children.has(name)) this.#last = null;
      parent.children.set(name, this.#nodeOf(entry, ordinal));
    }
  }

  /** The directory that an entry is put into, and its name there; null for the root itself. */
  #placeOf(entry: LayerEntry): { parent: LayerDirectory; name: string } | null {
    const slash = entry.path.lastIndexOf('/');
    const above = entry.path.slice(0, Math.max(slash, 0));
    const written = entry.path.slice(slash + 1);
    const isPlain = written !== '' && written !== '.' && written !== '..';
    if (isPlain && this.#last?.path === above) return { parent: this.#last.parent, name: written };
    const path = splitEntryPath(entry.path);
    const name = path.at(-1);
    if (name === undefined) return null;
    const parent = this.#makeDirectory(path.slice(0, -1), entry);
    if (isPlain) this.#last = { path: above, parent };
    return { parent, name };
  }

  /**
   * Whiteouts speak of lower layers only, wherever in the archive they stand (OCI image-spec layer.md); what the same
   * layer has by that name stays. The root cannot be made opaque: overlayfs does not look for the mark there (measured).
   */
  #addWhiteout(parent: LayerDirectory, name: string, entry: LayerEntry): void {
    if (name === OPAQUE) {
      parent.opaque = parent !== this.root;
      return;
    }
    if (name.startsWith(AUFS_META)) return;
    const hidden = name.slice(WHITEOUT.length);
    if (hidden === '' || hidden === '.' || hidden === '..') {
      throw new LayerError(`the whiteout ${JSON.stringify(entry.path)} names no file`);
    }
    parent.whiteouts ??= new Set();
    parent.whiteouts.add(hidden);
  }

  #nodeOf(entry: LayerEntry, ordinal: number): LayerNode {
    if (entry.kind === 'directory') return directory(ordinal);
    if (entry.kind !== 'hardlink') return ordinal;
    const to = splitEntryPath(entry.target ?? '');
    const parent = this.#walkDirectories(to.slice(0, -1), () => null);
    const there = parent?.children.get(to.at(-1) ?? '');
    if (there === undefined) return { kind: 'lower-link', entry: ordinal, to };
    if (isDirectory(there)) throw new LayerError(`the hard link ${JSON.stringify(entry.path)} leads to a directory`);
    // Runtimes set the mode and owner that the link's entry states, so both names have them (Docker pkg/archive; measured).
    if (typeof there === 'number') {
      const isLink = this.entries.kindOf(there) === 'symlink';
      this.entries.setOwner(there, isLink ? 0o777 : entry.mode, entry.uid, entry.gid);
    }
    return there;
  }

  /** The directory at a path, made where it is missing; `entry` is what is put into it. */
  #makeDirectory(path: readonly string[], entry: LayerEntry): LayerDirectory {
    const made = this.#walkDirectories(path, (parent, name) => {
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
  #walkDirectories(
    path: readonly string[],
    missing: (parent: LayerDirectory, name: string) => LayerDirectory | null,
  ): LayerDirectory | null {
    const stack = [this.root];
    const ahead = path.toReversed();
    let links = 0;
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      const here = stack.at(-1) ?? this.root;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (stack.length > 1) stack.pop();
        continue;
      }
      const node = here.children.get(name);
      if (typeof node === 'number' && this.entries.kindOf(node) === 'symlink') {
        if (++links > MOST_LINKS) return null;
        const target = this.entries.targetOf(node);
        if (target.startsWith('/')) stack.length = 1;
        ahead.push(...target.split('/').reverse());
        continue;
      }
      const next = isDirectory(node) ? node : missing(here, name);
      if (next === null) return null;
      stack.push(next);
    }
    return stack.at(-1) ?? this.root;
  }
}

/** Unpacks a whole layer whose entries are at hand. */
export function indexLayer(entries: Iterable<LayerEntry>): LayerIndexResult {
  const index = new LayerIndexer();
  try {
    for (const entry of entries) index.add(entry);
    return { kind: 'index', index };
  } catch (error) {
    if (error instanceof LayerError) return { kind: 'invalid', reason: error.message };
    throw error;
  }
}

/** Whether a node is a directory. */
export const isDirectory = (node: LayerNode | null | undefined): node is LayerDirectory =>
  typeof node === 'object' && node?.kind === 'directory';

function directory(entry: number | null): LayerDirectory {
  return { kind: 'directory', entry, opaque: false, children: new Map(), whiteouts: null };
}
