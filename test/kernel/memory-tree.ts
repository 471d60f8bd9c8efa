import type { SyncFileTree, TreeEntry } from '../../src/kernel/file-tree.ts';

/** A file by its content, a link by `{ link }`, a directory by `null`; modes by `{ file, mode }`. Parents are implied. */
export type Content =
  | string
  | Uint8Array
  | null
  | { readonly link: string }
  | { readonly file: string | Uint8Array; readonly mode: number; readonly uid?: number };

const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** A file tree in memory; files are owned by root with mode 0755 unless they say otherwise. */
export function memoryTree(files: Readonly<Record<string, Content>>): SyncFileTree {
  const entries = new Map<string, { entry: TreeEntry; bytes: Uint8Array }>();
  const put = (path: string, entry: Partial<TreeEntry>, bytes: Uint8Array = new Uint8Array()) =>
    entries.set(path, { entry: { kind: 'file', mode: 0o755, uid: 0, gid: 0, size: bytes.length, ...entry }, bytes });
  for (const [path, content] of Object.entries(files)) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, i) => {
      const parent = parts.slice(0, i + 1).join('/') || '/';
      if (!entries.has(parent)) put(parent, { kind: 'directory' });
    });
    if (content === null) put(path, { kind: 'directory' });
    else if (typeof content === 'string' || content instanceof Uint8Array) put(path, {}, bytesOf(content));
    else if ('link' in content) put(path, { kind: 'symlink', mode: 0o777, target: content.link });
    else put(path, { mode: content.mode, uid: content.uid ?? 0 }, bytesOf(content.file));
  }
  return {
    lstat: (path) => entries.get(path)?.entry ?? null,
    read: (path, offset, length) => entries.get(path)?.bytes.subarray(offset, offset + length) ?? new Uint8Array(),
  };
}
