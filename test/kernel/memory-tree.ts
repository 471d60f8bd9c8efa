import type { SyncFileTree, TreeEntry } from '../../src/kernel/file-tree.ts';

export type Node =
  | { readonly content: string | Uint8Array; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly link: string }
  | { readonly directory: true; readonly mode?: number };

/** A file tree out of a record of paths; folders that are only implied are 0755. */
export function memoryTree(nodes: Readonly<Record<string, Node>>): SyncFileTree {
  const bytesOf = (content: string | Uint8Array) => (typeof content === 'string' ? Buffer.from(content) : content);
  return {
    lstat(path): TreeEntry | null {
      const node = nodes[path];
      const owner = { uid: 0, gid: 0 };
      if (!node) {
        const implied = path === '/' || Object.keys(nodes).some((name) => name.startsWith(`${path}/`));
        return implied ? { kind: 'directory', mode: 0o755, size: 0, ...owner } : null;
      }
      if ('link' in node) return { kind: 'symlink', mode: 0o777, size: node.link.length, target: node.link, ...owner };
      if ('directory' in node) return { kind: 'directory', mode: node.mode ?? 0o755, size: 0, ...owner };
      return {
        kind: 'file',
        mode: node.mode ?? 0o755,
        uid: node.uid ?? 0,
        gid: node.gid ?? 0,
        size: bytesOf(node.content).length,
      };
    },
    read(path, offset, length) {
      const node = nodes[path];
      if (!node || !('content' in node)) throw new Error(`${path} is no file`);
      return bytesOf(node.content).subarray(offset, offset + length);
    },
  };
}
