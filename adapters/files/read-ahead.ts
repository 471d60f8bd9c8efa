import type { SyncFileTree } from '../../src/kernel/file-tree.ts';

/** One page: opening a file costs more than reading the rest of its first page. */
const PAGE = 4096;

/**
 * The same tree, asked once for what the model asks for several times: entries, and the first page of files. For one
 * prediction, during which the tree is taken to stand still.
 */
export function readAhead(tree: SyncFileTree): SyncFileTree {
  const entries = new Map<string, ReturnType<SyncFileTree['lstat']>>();
  const heads = new Map<string, Uint8Array>();
  const headOf = (path: string): Uint8Array => {
    const known = heads.get(path);
    if (known) return known;
    const head = tree.read(path, 0, PAGE);
    heads.set(path, head);
    return head;
  };
  return {
    lstat: (path) => {
      const known = entries.get(path);
      if (known !== undefined) return known;
      const entry = tree.lstat(path);
      entries.set(path, entry);
      return entry;
    },
    read: (path, offset, length) => {
      if (offset >= PAGE) return tree.read(path, offset, length);
      const head = headOf(path);
      if (offset + length <= head.length || head.length < PAGE) return head.subarray(offset, offset + length);
      return tree.read(path, offset, length);
    },
  };
}
