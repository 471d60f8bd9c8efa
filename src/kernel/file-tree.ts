/**
 * A file tree as the kernel model sees it: what stands at a physical path, and bytes at an offset.
 *
 * The model never touches a file itself. It yields a request and is given the answer, so that the same pure code runs
 * over a directory (synchronously), an engine or a registry (asynchronously). Paths in requests are absolute, without
 * `.`, `..` or empty elements, and never pass through a symbolic link: the model walks links itself.
 */
export type TreeRequest =
  | { readonly op: 'lstat'; readonly path: string }
  | { readonly op: 'read'; readonly path: string; readonly offset: number; readonly length: number };

/** What lstat(2) would say. `mode` is the permission bits only (07777). Owners are null when the source cannot tell. */
export interface TreeEntry {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly mode: number;
  readonly uid: number | null;
  readonly gid: number | null;
  /** Bytes; of a symbolic link the length of its target. */
  readonly size: number;
  /** The link's text, of symbolic links only. */
  readonly target?: string;
  /** Whether it lies on a mount with the option noexec; left out where it does not, or where nobody knows. */
  readonly noexec?: boolean;
}

/** `null` means that nothing stands there. */
export type TreeAnswer = TreeEntry | Uint8Array | null;

/** A computation that asks a tree for what it needs. Helpers below give it typed answers. */
export type TreeProgram<T> = Generator<TreeRequest, T, TreeAnswer>;

/** Asks for the entry at a physical path. */
export function* lstat(path: string): TreeProgram<TreeEntry | null> {
  return (yield { op: 'lstat', path }) as TreeEntry | null;
}

/** Asks for at most `length` bytes from `offset`; shorter at the end of the file, never longer. */
export function* readAt(path: string, offset: number, length: number): TreeProgram<Uint8Array> {
  return (yield { op: 'read', path, offset, length }) as Uint8Array;
}

/** A tree that answers at once: a directory, a tar file in memory, a fake. */
export interface SyncFileTree {
  lstat(path: string): TreeEntry | null;
  read(path: string, offset: number, length: number): Uint8Array;
}

/** A tree that lies elsewhere: an engine's container, a registry's layers. Rejects when the place cannot be reached. */
export interface FileTree {
  lstat(path: string): Promise<TreeEntry | null>;
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
}

/** Runs a program over a tree that answers at once. */
export function runOver<T>(tree: SyncFileTree, program: TreeProgram<T>): T {
  let turn = program.next();
  while (!turn.done) {
    const ask = turn.value;
    turn = program.next(ask.op === 'lstat' ? tree.lstat(ask.path) : tree.read(ask.path, ask.offset, ask.length));
  }
  return turn.value;
}

/** Runs a program over a tree that lies elsewhere. */
export async function runOverRemote<T>(tree: FileTree, program: TreeProgram<T>): Promise<T> {
  let turn = program.next();
  while (!turn.done) {
    const ask = turn.value;
    turn = program.next(
      ask.op === 'lstat' ? await tree.lstat(ask.path) : await tree.read(ask.path, ask.offset, ask.length),
    );
  }
  return turn.value;
}
