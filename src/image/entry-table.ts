import type { LayerEntry } from './layer-entry.ts';

/** What an entry says of the file itself, whatever it is called. */
export type EntryFacts = Omit<LayerEntry, 'path'>;

const KINDS: readonly LayerEntry['kind'][] = ['file', 'directory', 'symlink', 'hardlink', 'other'];
const FIRST = 256;

/** The entries of one layer by their ordinals, in columns: a layer of 200,000 files takes a third of what objects would. */
export class EntryTable {
  #kinds = new Uint8Array(FIRST);
  #modes = new Uint16Array(FIRST);
  #uids = new Float64Array(FIRST);
  #gids = new Float64Array(FIRST);
  #sizes = new Float64Array(FIRST);
  readonly #targets = new Map<number, string>();
  #length = 0;

  /** The new entry's ordinal. */
  add({ kind, mode, uid, gid, size, target }: EntryFacts): number {
    const ordinal = this.#length++;
    if (ordinal === this.#kinds.length) this.#grow();
    this.#kinds[ordinal] = KINDS.indexOf(kind);
    this.#sizes[ordinal] = size;
    this.setOwner(ordinal, mode, uid, gid);
    if (target !== null) this.#targets.set(ordinal, target);
    return ordinal;
  }

  kindOf(ordinal: number): LayerEntry['kind'] {
    return KINDS[this.#kinds[ordinal] ?? -1] ?? 'other';
  }

  /** The text of a symbolic link. */
  targetOf(ordinal: number): string {
    return this.#targets.get(ordinal) ?? '';
  }

  at(ordinal: number): EntryFacts {
    return {
      kind: this.kindOf(ordinal),
      mode: this.#modes[ordinal] ?? 0,
      uid: this.#uids[ordinal] ?? 0,
      gid: this.#gids[ordinal] ?? 0,
      size: this.#sizes[ordinal] ?? 0,
      target: this.#targets.get(ordinal) ?? null,
    };
  }

  setOwner(ordinal: number, mode: number, uid: number, gid: number): void {
    this.#modes[ordinal] = mode;
    this.#uids[ordinal] = uid;
    this.#gids[ordinal] = gid;
  }

  #grow(): void {
    const length = 2 * this.#length;
    this.#kinds = copied(new Uint8Array(length), this.#kinds);
    this.#modes = copied(new Uint16Array(length), this.#modes);
    this.#uids = copied(new Float64Array(length), this.#uids);
    this.#gids = copied(new Float64Array(length), this.#gids);
    this.#sizes = copied(new Float64Array(length), this.#sizes);
  }
}

function copied<T extends { set(from: T): void }>(into: T, from: T): T {
  into.set(from);
  return into;
}
